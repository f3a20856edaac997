package io.github.udsboot.handler.method;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.DescriptorProtos.UninterpretedOption.NamePart;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

import io.github.udsboot.ProtobufDetails;
import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerFailureTests {

	private static final UdsReply HANDLER_FAILED = UdsReply.failed(Status.INTERNAL, "handler failed");

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final Handlers handlers = new Handlers();

	private final HandlerTester tester = new HandlerTester(this.handlers);

	@AfterEach
	void interruptFlagIsClear() {
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "runtimeException", "checkedException", "error", "stackOverflow", "outOfMemory", "linkageError",
					"conversionExceptionOfItsOwn", "exceptionWithoutText", "failingStage", "stageFailingWithAnError",
					"stageThatThrows", "unwritableValue", "unwritableText", "unwritableInStage", "interrupted" })
	void whatTheHandlerThrowsIsInternalAndSaysNothing(String method) {
		assertThat(this.tester.call(method, "")).isEqualTo(HANDLER_FAILED);
		ILoggingEvent line = this.log.only();
		assertThat(line.getLevel()).isEqualTo(Level.ERROR);
		assertThat(line.getFormattedMessage()).contains("'test.route'").contains("Handlers." + method + "()");
		assertThat(line.getThrowableProxy()).isNotNull();
	}

	@Test
	void failureThatCannotEvenBeLoggedIsAnsweredToo() {
		assertThat(this.tester.call("indescribable", "")).isEqualTo(HANDLER_FAILED);
	}

	@ParameterizedTest
	@CsvSource({ "runtimeException, INTERNAL", "status, NOT_FOUND", "outOfMemory, INTERNAL",
			"order, INVALID_ARGUMENT" })
	void loggerThatThrowsChangesNoAnswer(String method, Status status) {
		this.log.failWith(new OutOfMemoryError("no line either"));
		assertThat(this.tester.call(method, "{").status()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "status", "statusInStage", "statusInNestedCompletion" })
	void statusOfTheHandlerReachesThePeer(String method) {
		assertThat(this.tester.call(method, "")).isEqualTo(UdsReply.failed(Status.NOT_FOUND, "there is no order 7"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
	}

	@Test
	void detailsOfTheHandlerReachThePeer() {
		UdsReply reply = this.tester.call("statusWithDetails", "");
		assertThat(reply)
			.isEqualTo(UdsReply.failed(Status.NOT_FOUND, "no tea", List.of(ProtobufDetails.of(StringValue.of("tea")))));
		assertThat(this.log.only().getFormattedMessage())
			.contains("NOT_FOUND", "no tea", "root cause: java.lang.IllegalStateException: secret")
			.doesNotContain("\n");
		assertThat(this.log.only().getThrowableProxy()).isNull();
	}

	@Test
	void validationThatNobodyMakesIsWarnedOf() {
		this.tester.handler("validated");
		assertThat(this.log.only().getLevel()).isEqualTo(Level.WARN);
		assertThat(this.log.only().getFormattedMessage()).contains("Parameter 0 of")
			.contains("Handlers.validated(Order)")
			.contains("there is no validator");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					order           | {"id":"x"}  | payload cannot be converted to Order: id is not a valid int
					order           | {"id":null} | payload cannot be converted to Order: id is null
					order           | {}          | payload cannot be converted to Order: id is missing
					order           | {"id":9e99} | payload cannot be converted to Order: id is not a valid int
					order           | {"id":      | payload cannot be converted to Order: not valid JSON at line 1, column 7
					order           | {"id":1} 2  | payload cannot be converted to Order: unexpected number at line 1, column 10
					order           | ""          | payload must not be empty
					orders          | {"id":1}    | payload cannot be converted to List: unexpected object at line 1, column 1
					orders          | [{"id":1},{"id":[]}] | payload cannot be converted to List: [1].id is not a valid int
					optional        | []          | payload cannot be converted to Order: unexpected array at line 1, column 1
					message         | {           | payload cannot be converted to Order: not valid JSON at line 1, column 2
					message         | ""          | payload cannot be converted to Order: empty
					proto           | x           | payload cannot be converted to StringValue: not a protobuf message of this type
					protoRequired   | ""          | payload cannot be converted to NamePart: name_part, is_extension missing
					number          | abc         | payload cannot be converted to int: not valid JSON at line 1, column 1
					header          | ""          | header 'tenant' is missing
					headerByName    | ""          | header 'named' is missing
					headerOfNumber  | ""          | header 'count' cannot be converted to int
					""")
	void whatTheCallerDidWrongIsNamed(String method, String payload, String message) {
		this.tester.metadata(Map.of("count", List.of("three")));
		assertThat(this.tester.call(method, payload)).isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, message));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
		assertThat(this.log.only().getFormattedMessage()).contains("'test.route'");
		assertThat(this.handlers.calls).hasValue(0);
	}

	@Test
	void variableOfTheWrongTypeIsNamed() {
		this.tester.variables("orders.{id}", Map.of("id", "x"));
		assertThat(this.tester.call("variable", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "route variable 'id' cannot be converted to long"));
	}

	@Test
	void malformedTextIsRefusedAndNotRepaired() {
		assertThat(this.tester.call("text", new byte[] { 'a', (byte) 0xFF, 'b' })).isEqualTo(
				UdsReply.failed(Status.INVALID_ARGUMENT, "payload cannot be converted to String: not valid UTF-8"));
		assertThat(this.handlers.calls).hasValue(0);
	}

	@Test
	void validationErrorsAreListed() {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setValidator(new OrderValidator());
		HandlerTester tester = new HandlerTester(this.handlers, factory);
		assertThat(tester.call("validated", "{\"id\":-1}")).isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT,
				"payload is not valid: id must be positive; orders are closed"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
		assertThat(HandlerTester.text(tester.call("validated", "{\"id\":1}"))).isEqualTo("1");
	}

	@Test
	void answerThatCannotBeWrittenIsLoggedWithItsRouteAndType() {
		assertThat(this.tester.call("unwritableValue", "")).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.only().getFormattedMessage()).contains("'test.route'");
		assertThat(this.log.only().getThrowableProxy().getMessage()).contains(Unwritable.class.getName(), "\"value\"");
	}

	@Test
	void typeThatCannotBeReadAtAllIsOurFault() {
		assertThat(this.tester.call("holdsUnreadable", "{\"value\":{}}")).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.only().getLevel()).isEqualTo(Level.ERROR);
		assertThat(this.log.only().getThrowableProxy().getMessage()).contains(Unreadable.class.getName());
	}

	@Test
	void interruptOfTheHandlerDoesNotReachTheCallback() {
		AtomicInteger interrupts = new AtomicInteger();
		this.tester.handler("interruptsItself")
			.handle(this.tester.request(new byte[0]), Map.of(),
					(reply) -> interrupts.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0));
		assertThat(interrupts).hasValue(0);
	}

	@Test
	void callbackThatThrowsIsNotCalledAgain() {
		AtomicInteger calls = new AtomicInteger();
		for (String method : List.of("text", "status", "completedStage")) {
			calls.set(0);
			this.tester.handler(method).handle(this.tester.request(new byte[0]), Map.of(), (reply) -> {
				calls.incrementAndGet();
				throw new StackOverflowError();
			});
			assertThat(calls).hasValue(1);
		}
	}

	@Test
	void stageThatCompletesTwiceIsAnsweredOnce() {
		assertThat(this.tester.answer("stageThatCompletesTwice", "")).isEqualTo("first");
	}

	@Test
	void stageThatFailsLaterIsAnsweredThen() {
		this.tester.start("pending", new byte[0]);
		assertThat(this.tester.hasReply()).isFalse();
		this.handlers.pending.completeExceptionally(new IOException("secret"));
		assertThat(this.tester.reply()).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.only().getLevel()).isEqualTo(Level.ERROR);
	}

	@Test
	void missingBeanIsInternal() {
		UdsHandlerEndpoint endpoint = HandlerTester.endpoint(this.handlers, "text", "test.route");
		UdsHandlerEndpoint broken = new UdsHandlerEndpoint(Set.of("default"), "test.route", () -> {
			throw new IllegalArgumentException("no such bean");
		}, endpoint.beanType(), endpoint.method(), endpoint.execution());
		UdsReply[] replies = new UdsReply[1];
		new UdsHandlerMethodFactory().create(broken, Set.of())
			.handle(this.tester.request(new byte[0]), Map.of(), (reply) -> replies[0] = reply);
		assertThat(replies[0]).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.only().getThrowableProxy().getMessage()).isEqualTo("no such bean");
	}

	record Order(int id) {

	}

	static class Unreadable {

		Unreadable(int first, String second) {
		}

	}

	record Holder(Unreadable value) {

	}

	static class Unwritable {

		@JsonProperty
		String value() {
			throw new IllegalStateException("secret");
		}

	}

	static class OrderValidator implements Validator {

		@Override
		public boolean supports(Class<?> type) {
			return type == Order.class;
		}

		@Override
		public void validate(Object target, Errors errors) {
			if (((Order) target).id() < 0) {
				errors.rejectValue("id", "positive", "must be positive");
				errors.reject("closed", "orders are closed");
			}
		}

	}

	static class IndescribableException extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("no message");
		}

	}

	static class Handlers {

		final AtomicInteger calls = new AtomicInteger();

		final CompletableFuture<String> pending = new CompletableFuture<>();

		String runtimeException() {
			throw new IllegalStateException("secret");
		}

		String checkedException() throws IOException {
			throw new IOException("secret");
		}

		String error() {
			throw new AssertionError("secret");
		}

		String stackOverflow() {
			return descend(0) + "x";
		}

		private int descend(int depth) {
			return (depth < Integer.MAX_VALUE) ? 1 + descend(depth + 1) : 0;
		}

		String outOfMemory() {
			throw new OutOfMemoryError("secret");
		}

		String linkageError() {
			throw new NoClassDefFoundError("secret");
		}

		String conversionExceptionOfItsOwn() {
			throw new MessageConversionException("secret");
		}

		String exceptionWithoutText() {
			throw new NullPointerException();
		}

		String indescribable() {
			throw new IndescribableException();
		}

		CompletionStage<String> failingStage() {
			return CompletableFuture.failedStage(new IOException("secret"));
		}

		CompletionStage<String> stageFailingWithAnError() {
			return CompletableFuture.failedStage(new StackOverflowError());
		}

		CompletionStage<String> stageThatThrows() {
			return new CompletableFuture<>() {

				@Override
				public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
					throw new IllegalStateException("secret");
				}

			};
		}

		CompletionStage<String> stageThatCompletesTwice() {
			return new CompletableFuture<>() {

				@Override
				public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
					action.accept("first", null);
					action.accept("second", null);
					throw new IllegalStateException("secret");
				}

			};
		}

		Unwritable unwritableValue() {
			return new Unwritable();
		}

		String unwritableText() {
			return "\uD800";
		}

		CompletionStage<Unwritable> unwritableInStage() {
			return CompletableFuture.completedStage(new Unwritable());
		}

		String interrupted() throws InterruptedException {
			Thread.currentThread().interrupt();
			throw new InterruptedException();
		}

		void interruptsItself() {
			Thread.currentThread().interrupt();
		}

		String status() {
			throw new UdsStatusException(Status.NOT_FOUND, "there is no order 7");
		}

		CompletionStage<String> statusInStage() {
			return CompletableFuture.failedStage(new UdsStatusException(Status.NOT_FOUND, "there is no order 7"));
		}

		String statusWithDetails() {
			throw new UdsStatusException(Status.NOT_FOUND, "no tea", List.of(ProtobufDetails.of(StringValue.of("tea"))),
					new IllegalStateException("secret"));
		}

		CompletionStage<String> statusInNestedCompletion() {
			return CompletableFuture
				.<String>failedFuture(new CompletionException(
						new CompletionException(new UdsStatusException(Status.NOT_FOUND, "there is no order 7"))))
				.thenApply((value) -> value);
		}

		CompletionStage<String> completedStage() {
			return CompletableFuture.completedStage("done");
		}

		CompletionStage<String> pending() {
			return this.pending;
		}

		String text(String text) {
			this.calls.incrementAndGet();
			return text;
		}

		String order(Order order) {
			this.calls.incrementAndGet();
			return "";
		}

		String orders(List<Order> orders) {
			this.calls.incrementAndGet();
			return "";
		}

		String optional(Optional<Order> order) {
			this.calls.incrementAndGet();
			return "";
		}

		String message(Message<Order> order) {
			this.calls.incrementAndGet();
			return "";
		}

		String proto(StringValue value) {
			this.calls.incrementAndGet();
			return "";
		}

		String protoRequired(NamePart value) {
			this.calls.incrementAndGet();
			return "";
		}

		String number(int number) {
			this.calls.incrementAndGet();
			return "";
		}

		String header(@Header String tenant) {
			this.calls.incrementAndGet();
			return "";
		}

		String headerByName(@Header("named") String tenant) {
			this.calls.incrementAndGet();
			return "";
		}

		String headerOfNumber(@Header int count) {
			this.calls.incrementAndGet();
			return "";
		}

		String variable(@DestinationVariable long id) {
			this.calls.incrementAndGet();
			return "";
		}

		String validated(@Validated @Payload Order order) {
			return String.valueOf(order.id());
		}

		String holdsUnreadable(Holder holder) {
			return "";
		}

	}

}
