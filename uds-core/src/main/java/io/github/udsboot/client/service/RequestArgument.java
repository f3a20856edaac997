package io.github.udsboot.client.service;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * A parameter of a method that becomes part of the request.
 */
sealed interface RequestArgument {

	/**
	 * Add an argument to a request.
	 * @param argument the argument
	 * @param request the request
	 * @throws IllegalArgumentException if the argument is required and missing
	 */
	void apply(@Nullable Object argument, RequestSpec request);

	private static @Nullable Object valueOf(@Nullable Object argument) {
		return (argument instanceof Optional<?> optional) ? optional.orElse(null) : argument;
	}

	/**
	 * A header, with as many values as the argument has elements.
	 *
	 * @param name the name of the header
	 * @param required whether there must be one
	 * @param defaultValue the value used if the header is missing, or {@code null}
	 * @param text turns a value into text
	 */
	record Header(String name, boolean required, @Nullable String defaultValue,
			ArgumentText text) implements RequestArgument {

		@Override
		public void apply(@Nullable Object argument, RequestSpec request) {
			Object value = valueOf(argument);
			if (value == null) {
				value = this.defaultValue;
			}
			if (value instanceof Collection<?> values) {
				values.forEach((element) -> add(element, request));
			}
			else if (value instanceof Object[] values) {
				Arrays.asList(values).forEach((element) -> add(element, request));
			}
			else if (value != null || this.required) {
				add(value, request);
			}
		}

		private void add(@Nullable Object value, RequestSpec request) {
			Assert.notNull(value,
					() -> "The header '" + this.name + "' is missing: pass a value, or say @Header(required = false)");
			request.header(this.name, this.text.of(value));
		}

	}

	/**
	 * The payload.
	 *
	 * @param description the parameter, for messages
	 * @param required whether there must be one
	 */
	record Payload(String description, boolean required) implements RequestArgument {

		@Override
		public void apply(@Nullable Object argument, RequestSpec request) {
			Object payload = valueOf(argument);
			Assert.isTrue(payload != null || !this.required, () -> "The payload, " + this.description
					+ ", is missing: pass a value, or mark the parameter as @Nullable");
			request.payload(payload);
		}

	}

	/**
	 * Items that are sent one by one.
	 *
	 * @param description the parameter, for messages
	 */
	record Items(String description) implements RequestArgument {

		@Override
		public void apply(@Nullable Object argument, RequestSpec request) {
			if (argument == null) {
				throw new IllegalArgumentException(this.description + " is a stream and must not be null");
			}
			request.payloads(argument);
		}

	}

	/**
	 * The timeout of the call, if there is one.
	 */
	record Timeout() implements RequestArgument {

		@Override
		public void apply(@Nullable Object argument, RequestSpec request) {
			if (argument instanceof Duration timeout) {
				request.timeout(timeout);
			}
		}

	}

}
