package io.github.udsboot.client.service;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * A method that calls a route. Everything about it is determined in advance, so that a
 * call only fills in the arguments.
 */
final class ExchangeMethod implements ServiceMethod {

	private final Supplier<? extends UdsOperations> operations;

	private final String route;

	private final @Nullable Duration timeout;

	private final RouteVariable[] variables;

	private final @Nullable RequestArgument[] requestArguments;

	private final ResultAdapter result;

	/**
	 * Create a method.
	 * @param operations makes the calls
	 * @param route the route, with its variables in braces
	 * @param timeout the time for a call, {@code null} for the client's
	 * @param variables provides the values of the variables, in their order
	 * @param requestArguments how each argument becomes part of the request, {@code null}
	 * for the value of a variable
	 * @param result makes the call in the way that the return type asks for
	 */
	ExchangeMethod(Supplier<? extends UdsOperations> operations, String route, @Nullable Duration timeout,
			RouteVariable[] variables, @Nullable RequestArgument[] requestArguments, ResultAdapter result) {
		this.operations = operations;
		this.route = route;
		this.timeout = timeout;
		this.variables = variables;
		this.requestArguments = requestArguments;
		this.result = result;
	}

	@Override
	public @Nullable Object invoke(Object proxy, @Nullable Object[] arguments) {
		return this.result.adapt(() -> request(arguments));
	}

	private RequestSpec request(@Nullable Object[] arguments) {
		RequestSpec request = this.operations.get().route(this.route, values(arguments));
		if (this.timeout != null) {
			request.timeout(this.timeout);
		}
		for (int i = 0; i < arguments.length; i++) {
			RequestArgument requestArgument = this.requestArguments[i];
			if (requestArgument != null) {
				requestArgument.apply(arguments[i], request);
			}
		}
		return request;
	}

	private Object[] values(@Nullable Object[] arguments) {
		Object[] values = new Object[this.variables.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.variables[i].of(arguments);
		}
		return values;
	}

}
