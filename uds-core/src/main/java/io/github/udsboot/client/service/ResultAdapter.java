package io.github.udsboot.client.service;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * Makes the call of a method in the way that the method's result asks for.
 */
@FunctionalInterface
interface ResultAdapter {

	/**
	 * Make a call, or return what will make it.
	 * @param request describes the call anew each time it is asked
	 * @return what the method returns
	 */
	@Nullable Object adapt(Supplier<RequestSpec> request);

}
