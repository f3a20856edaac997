package io.github.udsboot.handler;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.support.GenericMessage;

import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.ItemSources;

/**
 * Runs a method of a bean for a request and replies with what it returns, now or when the
 * stage it returns completes.
 */
class HandlerMethodRequestHandler implements UdsRequestHandler {

	private final UdsHandlerEndpoint endpoint;

	private final HandlerInvocation invocation;

	private final MethodParameter returnType;

	private final PayloadConverter converter;

	private final FailureReplies failures;

	private final boolean needsSession;

	private final boolean returnsNothing;

	private final boolean takesItems;

	private final boolean returnsStream;

	HandlerMethodRequestHandler(UdsHandlerEndpoint endpoint, HandlerInvocation invocation, PayloadConverter converter) {
		this.endpoint = endpoint;
		this.invocation = invocation;
		this.returnType = invocation.getReturnType();
		this.converter = converter;
		this.failures = new FailureReplies(endpoint);
		this.needsSession = Arrays.stream(invocation.getMethodParameters())
			.anyMatch((parameter) -> parameter.getParameterType() == UdsSession.class);
		this.returnsNothing = returnsNothing(this.returnType);
		this.takesItems = Arrays.stream(invocation.getMethodParameters())
			.anyMatch(StreamMethodArgumentResolver::takesItems);
		this.returnsStream = ItemSources.isStream(this.returnType.getParameterType());
	}

	@Override
	public String route() {
		return this.endpoint.route();
	}

	private static boolean returnsNothing(MethodParameter returnType) {
		ResolvableType type = ResolvableType.forMethodParameter(returnType);
		Class<?> value = CompletionStage.class.isAssignableFrom(type.toClass())
				? type.as(CompletionStage.class).getGeneric().toClass() : type.toClass();
		return value == void.class || value == Void.class;
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
		Object result;
		try {
			result = invoke(request, variables);
		}
		catch (Throwable ex) {
			reply(null, ex, callback);
			return;
		}
		CompletionStage<?> stage = (result instanceof CompletionStage<?> future) ? future
				: ItemSources.toFuture(result);
		if (stage != null) {
			replyWhenComplete(stage, callback);
		}
		else if (this.returnsStream) {
			stream(result, callback);
		}
		else {
			reply(result, null, callback);
		}
	}

	private @Nullable Object invoke(UdsRequest request, Map<String, String> variables) throws Exception {
		try {
			return this.invocation
				.invokeWith(new GenericMessage<>(request.payload(), new RequestHeaders(request, variables)));
		}
		finally {
			// The thread goes back to reading and writing, where an interrupt that was
			// meant for the handler (its deadline passed, or it interrupted itself) would
			// end a select or close a channel
			Thread.interrupted();
		}
	}

	private void replyWhenComplete(CompletionStage<?> stage, UdsReplyCallback callback) {
		AtomicBoolean replied = new AtomicBoolean();
		try {
			stage.whenComplete((value, failure) -> {
				if (replied.compareAndSet(false, true)) {
					reply(value, failure, callback);
				}
			});
		}
		catch (Throwable ex) {
			if (replied.compareAndSet(false, true)) {
				reply(null, ex, callback);
			}
		}
	}

	// As below
	private void stream(@Nullable Object items, UdsReplyCallback callback) {
		ItemSource source;
		try {
			source = ItemSources.of((items != null) ? items : List.of(), this.converter::toPayload);
		}
		catch (Throwable ex) {
			reply(null, ex, callback);
			return;
		}
		try {
			callback.stream(source, this.failures::replyTo);
		}
		catch (Throwable ex) {
			this.failures.callbackFailed(ex);
		}
	}

	// Calls back once and throws nothing
	private void reply(@Nullable Object value, @Nullable Throwable failure, UdsReplyCallback callback) {
		UdsReply reply = (failure != null) ? this.failures.replyTo(failure) : convert(value);
		try {
			callback.reply(reply);
		}
		catch (Throwable ex) {
			this.failures.callbackFailed(ex);
		}
	}

	private UdsReply convert(@Nullable Object value) {
		if (this.returnsNothing) {
			return UdsReply.silence();
		}
		try {
			return UdsReply.ok(this.converter.toPayload(value, this.returnType));
		}
		catch (Throwable ex) {
			return this.failures.replyTo(ex);
		}
	}

	@Override
	public String toString() {
		return this.endpoint.describe();
	}

}
