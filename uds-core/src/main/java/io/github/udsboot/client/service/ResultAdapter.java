package io.github.udsboot.client.service;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * Makes the call of a method in the way that the method's return type asks for.
 */
@FunctionalInterface
interface ResultAdapter {

	/**
	 * Make a call, or return an object that will make it.
	 * @param request describes the call, anew each time it is asked
	 * @return the return value of the method
	 */
	@Nullable Object adapt(Supplier<RequestSpec> request);

}
