package io.github.udsboot.client.service;

import java.util.Arrays;
import java.util.Collection;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * A header, with as many values as the argument has elements.
 *
 * @param name the name of the header
 * @param required whether there must be one
 * @param defaultValue the value used if the header is missing, or {@code null}
 * @param text turns a value into text
 */
record HeaderArgument(String name, boolean required, @Nullable String defaultValue,
		ArgumentText text) implements RequestArgument {

	@Override
	public void apply(@Nullable Object argument, RequestSpec request) {
		Object value = RequestArgument.valueOf(argument);
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
				() -> "The header '" + this.name + "' is missing: pass a value, or say " + "@Header(required = false)");
		request.header(this.name, this.text.of(value));
	}

}
