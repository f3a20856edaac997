package io.github.udsboot.client.service;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * The timeout of the call, if there is one.
 */
final class TimeoutArgument implements RequestArgument {

	@Override
	public void apply(@Nullable Object argument, RequestSpec request) {
		if (argument instanceof Duration timeout) {
			request.timeout(timeout);
		}
	}

}
