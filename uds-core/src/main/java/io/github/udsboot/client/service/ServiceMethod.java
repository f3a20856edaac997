package io.github.udsboot.client.service;

import org.jspecify.annotations.Nullable;

/**
 * The implementation of a method of a typed client.
 */
interface ServiceMethod {

	/**
	 * Run the method.
	 * @param proxy the typed client
	 * @param arguments the arguments
	 * @return the return value of the method
	 * @throws Throwable if the method throws
	 */
	@Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable;

}
