package io.github.udsboot.handler.method;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.support.GenericMessage;

import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.failure.FailureReplies;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.ItemSources;

/**
 * A method of a bean that replies to a request with what it returns, now or when the
 * stage it returns completes.
 */
class ReplyingMethod {

	private final HandlerInvocation invocation;

	private final ReturnedValue returned;

	private final PayloadConverter converter;

	private final FailureReplies failures;

	ReplyingMethod(HandlerInvocation invocation, ReturnedValue returned, PayloadConverter converter,
			FailureReplies failures) {
		this.invocation = invocation;
		this.returned = returned;
		this.converter = converter;
		this.failures = failures;
	}

	boolean hasParameter(Class<?> type) {
		return Arrays.stream(this.invocation.getMethodParameters())
			.anyMatch((parameter) -> parameter.getParameterType() == type);
	}

	/** Return whether the method takes the items of a stream. */
	boolean takesItems() {
		return this.invocation.takesItems();
	}

	HandlerMethod handlerMethod() {
		return this.invocation;
	}

	/** Return what replies on behalf of the method where it fails. */
	FailureReplies failures() {
		return this.failures;
	}

	/**
	 * Call the method, and give either its reply to the callback or its failure to the
	 * taker. Throws nothing.
	 * @param request the request
	 * @param variables the values of the route's variables
	 * @param callback takes the reply
	 * @param taker takes the failure to resolve the arguments, to run the method or to
	 * convert what it returned
	 * @param provided what parameters of fitting types get without being resolved
	 */
	void call(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback, FailureTaker taker,
			Object[] provided) {
		Object result;
		try {
			result = invoke(request, variables, provided);
		}
		catch (Throwable ex) {
			taker.failed(ex, request, variables, callback);
			return;
		}
		if (result instanceof CompletionStage<?> stage) {
			callback.onCancel(() -> cancel(stage));
			replyWhenComplete(stage, request, variables, callback, taker);
		}
		else {
			reply(result, request, variables, callback, taker);
		}
	}

	private @Nullable Object invoke(UdsRequest request, Map<String, String> variables, Object[] provided)
			throws Exception {
		try {
			Object result = this.invocation
				.invokeWith(new GenericMessage<>(request.payload(), new RequestHeaders(request, variables)), provided);
			// What is lazy runs now, and may be interrupted as well
			return this.returned.adapt(result);
		}
		finally {
			// The thread goes back to reading and writing, where an interrupt that was
			// meant for the handler (its deadline passed, or it interrupted itself) would
			// end a select or close a channel
			Thread.interrupted();
		}
	}

	private void replyWhenComplete(CompletionStage<?> stage, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback, FailureTaker taker) {
		AtomicBoolean completed = new AtomicBoolean();
		try {
			stage.whenComplete((value, failure) -> {
				if (!completed.compareAndSet(false, true)) {
					return;
				}
				if (failure != null) {
					taker.failed(failure, request, variables, callback);
				}
				else {
					reply(value, request, variables, callback, taker);
				}
			});
		}
		catch (Throwable ex) {
			if (completed.compareAndSet(false, true)) {
				taker.failed(ex, request, variables, callback);
			}
		}
	}

	/** What runs behind the stage may not take note; its outcome is dropped then. */
	private static void cancel(CompletionStage<?> stage) {
		try {
			stage.toCompletableFuture().cancel(true);
		}
		catch (UnsupportedOperationException ex) {
			// the stage is none that could be cancelled
		}
		catch (Throwable ex) {
			LostFailures.log("What a handler has left to run elsewhere could not be cancelled", ex);
		}
	}

	private void stream(@Nullable Object items, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback, FailureTaker taker) {
		ItemSource source;
		try {
			source = ItemSources.of((items != null) ? items : List.of(), this.converter::toPayload);
		}
		catch (Throwable ex) {
			taker.failed(ex, request, variables, callback);
			return;
		}
		this.failures.stream(source, request, callback);
	}

	private void reply(@Nullable Object value, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback, FailureTaker taker) {
		if (this.returned.isStream(value)) {
			stream(value, request, variables, callback, taker);
			return;
		}
		UdsReply reply;
		try {
			reply = this.returned.isNothing() ? UdsReply.silence()
					: UdsReply.ok(this.converter.toPayload(value, this.returned.type()));
		}
		catch (Throwable ex) {
			taker.failed(ex, request, variables, callback);
			return;
		}
		this.failures.reply(reply, callback);
	}

	@Override
	public String toString() {
		return this.invocation.toString();
	}

	/**
	 * Takes requests whose method has failed. One object for all of them, since a request
	 * that succeeds must not pay for it.
	 */
	interface FailureTaker {

		/**
		 * Answer a request. Throws nothing.
		 * @param failure what was thrown, or what a stage completed with
		 * @param request the request
		 * @param variables the values of the route's variables
		 * @param callback takes the reply
		 */
		void failed(Throwable failure, UdsRequest request, Map<String, String> variables, UdsReplyCallback callback);

	}

}
