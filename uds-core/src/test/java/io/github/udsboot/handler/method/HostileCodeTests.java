package io.github.udsboot.handler.method;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.MimeTypeUtils;

import io.github.udsboot.Status;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each piece of an application's code around a handler method throws an error, or gives
 * objects that do: the request has one outcome, and each failure is in the log once.
 */
@Timeout(60)
class HostileCodeTests {

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final HandlerTester tester = new HandlerTester(new Handlers(), factory());

	private static UdsHandlerMethodFactory factory() {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setCustomArgumentResolvers(List.of(new BrokenResolver()));
		factory.setResultAdapters(List.of(new BrokenAdapter()));
		factory.setPayloadConverter(PayloadConverter.builder().converter(new BrokenConverter()).build());
		return factory;
	}

	// @formatter:off
	@ParameterizedTest
	@CsvSource({
			// method, failures
			"error, 1",
			// with that of the search for its exception handler, which asks for its cause
			"hostile, 2",
			"stageOfError, 1",
			"stageOfHostile, 1",
			"stageOfACircle, 1",
			"stageThatThrows, 1",
			"stageThatThrowsBehindItsOutcome, 0",
			"resolved, 1",
			"adapted, 1",
			"converted, 1",
			"convertedLater, 1",
			"answerThatThrows, 1",
			"answerThatThrowsLater, 1",
			// the first failure and that of its exception handler
			"handledByError, 2",
			"handledByHostile, 2",
			"handledByStageOfHostile, 2",
			"handledByAnswerThatThrows, 2",
			"handledWithResolved, 2" })
	// @formatter:on
	void oneOutcomeAndEachFailureOnce(String method, int failures) {
		UdsReply reply = this.tester.call(method, "x");
		assertThat(reply.status()).isEqualTo((failures > 0) ? Status.INTERNAL : Status.OK);
		assertThat(this.log.events()
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map((event) -> event.getLevel() + " " + event.getFormattedMessage())).hasSize(failures);
	}

	/** None of its methods works. */
	private static class Hostile extends RuntimeException {

		private static final long serialVersionUID = 1;

		@Override
		public String getMessage() {
			throw new AssertionError("getMessage, expected by the test");
		}

		@Override
		public synchronized Throwable getCause() {
			throw new AssertionError("getCause, expected by the test");
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			throw new AssertionError("getStackTrace, expected by the test");
		}

		@Override
		public boolean equals(Object other) {
			throw new AssertionError("equals, expected by the test");
		}

		@Override
		public int hashCode() {
			throw new AssertionError("hashCode, expected by the test");
		}

		@Override
		public String toString() {
			throw new AssertionError("toString, expected by the test");
		}

	}

	private static final class HostileHandled extends Hostile {

		private static final long serialVersionUID = 1;

	}

	private static final class Circle extends CompletionException {

		private static final long serialVersionUID = 1;

		@Override
		public synchronized Throwable getCause() {
			return this;
		}

	}

	static final class Answer {

		@JsonProperty
		String getText() {
			throw new AssertionError("getText, expected by the test");
		}

		@Override
		public boolean equals(Object other) {
			throw new AssertionError("equals, expected by the test");
		}

		@Override
		public int hashCode() {
			throw new AssertionError("hashCode, expected by the test");
		}

		@Override
		public String toString() {
			throw new AssertionError("toString, expected by the test");
		}

	}

	private record Resolved() {

	}

	private record Adapted() {

	}

	private record Converted() {

	}

	static final class Handlers {

		String error() {
			throw new AssertionError("expected by the test");
		}

		String hostile() {
			throw new Hostile();
		}

		CompletionStage<String> stageOfError() {
			return CompletableFuture.failedFuture(new AssertionError("expected by the test"));
		}

		CompletionStage<String> stageOfHostile() {
			return CompletableFuture.failedFuture(new HostileHandled());
		}

		CompletionStage<String> stageOfACircle() {
			return CompletableFuture.failedFuture(new Circle());
		}

		CompletionStage<String> stageThatThrows() {
			return new CompletableFuture<>() {

				@Override
				public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
					throw new AssertionError("expected by the test");
				}

			};
		}

		CompletionStage<String> stageThatThrowsBehindItsOutcome() {
			return new CompletableFuture<>() {

				@Override
				public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
					action.accept("answer", null);
					throw new AssertionError("expected by the test");
				}

			};
		}

		String resolved(Resolved resolved) {
			return "never";
		}

		Adapted adapted() {
			return new Adapted();
		}

		Converted converted() {
			return new Converted();
		}

		CompletionStage<Converted> convertedLater() {
			return CompletableFuture.completedFuture(new Converted());
		}

		Answer answerThatThrows() {
			return new Answer();
		}

		CompletionStage<Answer> answerThatThrowsLater() {
			return CompletableFuture.supplyAsync(Answer::new);
		}

		String handledByError() {
			throw new IllegalStateException("first");
		}

		String handledByHostile() {
			throw new ArithmeticException("first");
		}

		String handledByStageOfHostile() {
			throw new ArrayStoreException("first");
		}

		String handledByAnswerThatThrows() {
			throw new NegativeArraySizeException("first");
		}

		String handledWithResolved() {
			throw new IndexOutOfBoundsException("first");
		}

		@MessageExceptionHandler
		String fail(IllegalStateException failure) {
			throw new AssertionError("expected by the test");
		}

		@MessageExceptionHandler
		String fail(ArithmeticException failure) {
			throw new Hostile();
		}

		@MessageExceptionHandler
		CompletionStage<String> fail(ArrayStoreException failure) {
			return CompletableFuture.failedFuture(new Hostile());
		}

		@MessageExceptionHandler
		Answer fail(NegativeArraySizeException failure) {
			return new Answer();
		}

		@MessageExceptionHandler
		String fail(IndexOutOfBoundsException failure, Resolved resolved) {
			return "never";
		}

		/** Found for a failure on a thread where nothing else catches what it throws. */
		@MessageExceptionHandler
		String failAgain(HostileHandled failure) {
			throw failure;
		}

	}

	private static final class BrokenResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == Resolved.class;
		}

		@Override
		public Object resolveArgument(MethodParameter parameter, Message<?> message) {
			throw new AssertionError("expected by the test");
		}

	}

	private static final class BrokenAdapter implements UdsResultAdapter {

		@Override
		public boolean supports(MethodParameter returnType) {
			return returnType.getParameterType() == Adapted.class;
		}

		@Override
		public @Nullable Object adapt(@Nullable Object result, MethodParameter returnType) {
			throw new AssertionError("expected by the test");
		}

	}

	private static final class BrokenConverter extends AbstractMessageConverter {

		private BrokenConverter() {
			super(MimeTypeUtils.ALL);
		}

		@Override
		protected boolean supports(Class<?> type) {
			return type == Converted.class;
		}

		@Override
		protected Object convertToInternal(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
			throw new AssertionError("expected by the test");
		}

	}

}
