package io.github.udsboot.handler.method;

import java.util.Map;

import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Has a method of a bean answer a request and, where that fails, an exception handler
 * method.
 */
class HandlerMethodRequestHandler implements UdsRequestHandler {

	private static final Object[] NOTHING = {};

	private final UdsHandlerEndpoint endpoint;

	private final ReplyingMethod method;

	private final FailedRequests failedRequests;

	private final boolean needsSession;

	private final boolean takesItems;

	HandlerMethodRequestHandler(UdsHandlerEndpoint endpoint, ReplyingMethod method,
			ExceptionHandlerMethods exceptionHandlers) {
		this.endpoint = endpoint;
		this.method = method;
		this.failedRequests = new FailedRequests(method, exceptionHandlers);
		this.needsSession = method.hasParameter(UdsSession.class);
		this.takesItems = method.takesItems();
	}

	@Override
	public String route() {
		return this.endpoint.route();
	}

	@Override
	public boolean needsSession() {
		return this.needsSession;
	}

	@Override
	public boolean takesItems() {
		return this.takesItems;
	}

	@Override
	public Execution execution() {
		return this.endpoint.execution();
	}

	@Override
	public void handle(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback) {
		this.method.call(request, variables, callback, this.failedRequests, NOTHING);
	}

	@Override
	public String toString() {
		return this.endpoint.describe();
	}

}
