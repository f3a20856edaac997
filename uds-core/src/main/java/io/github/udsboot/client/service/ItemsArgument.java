package io.github.udsboot.client.service;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * A parameter whose items are sent one by one.
 */
final class ItemsArgument implements RequestArgument {

	private final String description;

	/**
	 * Create an instance.
	 * @param description the parameter, for messages
	 */
	ItemsArgument(String description) {
		this.description = description;
	}

	@Override
	public void apply(@Nullable Object argument, RequestSpec request) {
		if (argument == null) {
			throw new IllegalArgumentException(this.description + " is a stream and must not be null");
		}
		request.payloads(argument);
	}

}
