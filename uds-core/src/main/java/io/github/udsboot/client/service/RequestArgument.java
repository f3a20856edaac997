package io.github.udsboot.client.service;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * A parameter of a method that becomes part of the request.
 */
interface RequestArgument {

	/**
	 * Add an argument to a request.
	 * @param argument the argument
	 * @param request the request
	 * @throws IllegalArgumentException if the argument is required and missing
	 */
	void apply(@Nullable Object argument, RequestSpec request);

	/**
	 * Return the value of an argument.
	 * @param argument the argument, possibly an {@code Optional}
	 * @return the value, or {@code null} if there is none
	 */
	static @Nullable Object valueOf(@Nullable Object argument) {
		return (argument instanceof Optional<?> optional) ? optional.orElse(null) : argument;
	}

}
