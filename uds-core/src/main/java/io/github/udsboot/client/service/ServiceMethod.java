package io.github.udsboot.client.service;

import org.jspecify.annotations.Nullable;

/**
 * What a method of a typed client does.
 */
interface ServiceMethod {

	/**
	 * Run the method.
	 * @param proxy the typed client
	 * @param arguments the arguments
	 * @return what the method returns
	 * @throws Throwable what the method throws
	 */
	@Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable;

}
