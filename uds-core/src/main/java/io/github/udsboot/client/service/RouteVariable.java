package io.github.udsboot.client.service;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * The value of a variable of the route.
 *
 * @param name the name of the variable
 * @param index the index of the parameter
 * @param text turns the value into text
 */
record RouteVariable(String name, int index, ArgumentText text) {

	String of(@Nullable Object[] arguments) {
		Object value = arguments[this.index];
		Assert.notNull(value, () -> "The value of {" + this.name + "} in the route is missing");
		return this.text.of(value);
	}

}
