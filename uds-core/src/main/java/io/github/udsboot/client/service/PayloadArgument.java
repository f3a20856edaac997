package io.github.udsboot.client.service;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * The payload.
 *
 * @param name describes the parameter, for messages
 * @param required whether there must be one
 */
record PayloadArgument(String name, boolean required) implements RequestArgument {

	@Override
	public void apply(@Nullable Object argument, RequestSpec request) {
		Object payload = RequestArgument.valueOf(argument);
		Assert.isTrue(payload != null || !this.required,
				() -> "The payload, " + this.name + ", is missing: pass a value, or mark the parameter as @Nullable");
		request.payload(payload);
	}

}
