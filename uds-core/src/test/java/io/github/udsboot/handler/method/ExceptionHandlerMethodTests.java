package io.github.udsboot.handler.method;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.Payload;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What answers when a handler method has failed.
 */
class ExceptionHandlerMethodTests {

	private static final UdsReply HANDLER_FAILED = UdsReply.failed(Status.INTERNAL, "handler failed");

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final Handlers handlers = new Handlers();

	private final UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();

	private final HandlerTester tester = new HandlerTester(this.handlers, this.factory);

	@AfterEach
	void interruptFlagIsClear() {
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "now", "stage", "nested" })
	void valueOfTheMethodIsTheAnswer(String method) {
		this.handlers.failure = new NoSuchElementException("tea");
		assertThat(this.tester.answer(method, "please")).isEqualTo("no tea, please");
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
		assertThat(this.log.only().getFormattedMessage()).contains("'test.route'")
			.contains("Handlers.missing(NoSuchElementException, String)");
	}

	@Test
	void valueMayComeLater() {
		this.handlers.failure = new IOException("disk");
		this.tester.start("now", new byte[0]);
		assertThat(this.tester.hasReply()).isFalse();
		this.handlers.later.complete("at last");
		assertThat(HandlerTester.text(this.tester.reply())).isEqualTo("at last");
	}

	@Test
	void nothingIsAnEmptyAnswer() {
		this.handlers.failure = new ArithmeticException();
		assertThat(this.tester.call("now", "")).isEqualTo(UdsReply.silence());
	}

	@Test
	void closestMethodIsTaken() {
		this.handlers.failure = new NumberFormatException("x");
		assertThat(this.tester.answer("now", "")).isEqualTo("number");
		this.handlers.failure = new IllegalArgumentException("x");
		assertThat(this.tester.answer("now", "")).isEqualTo("argument x");
	}

	@Test
	void methodForTheExceptionGoesBeforeOneForItsCause() {
		this.handlers.failure = new IllegalArgumentException("outer", new NumberFormatException("inner"));
		assertThat(this.tester.answer("now", "")).isEqualTo("argument outer");
	}

	@Test
	void causeIsTakenWhereNoMethodIsForTheExceptionItself() {
		this.handlers.failure = new Exception("outer", new NumberFormatException("inner"));
		assertThat(this.tester.answer("now", "")).isEqualTo("number");
	}

	@Test
	void exceptionAndCausesAndWhateverAHandlerTakesAreArguments() {
		this.handlers.failure = new UnsupportedOperationException("outer", new SecurityException("inner"));
		this.tester.metadata(Map.of("tenant", List.of("acme")));
		assertThat(this.tester.answer("now", "please")).isEqualTo("outer inner acme ada please now");
	}

	@Test
	void argumentThatCouldNotBeResolvedIsSeenAsItsReason() {
		assertThat(this.tester.answer("number", "x")).isEqualTo("conversion");
		assertThat(this.handlers.calls).hasValue(0);
	}

	@Test
	void resultThatCannotBeConvertedIsAFailureOfTheHandler() {
		this.handlers.failure = new IllegalStateException("secret");
		assertThat(this.tester.answer("unwritable", "")).isEqualTo("conversion");
	}

	@Test
	void errorIsTakenWhereAMethodAsksForIt() {
		this.handlers.failure = new StackOverflowError();
		assertThat(this.tester.answer("now", "")).isEqualTo("stack");
	}

	@ParameterizedTest
	@CsvSource({ "IllegalStateException, ABORTED", "ClassCastException, DATA_LOSS" })
	void statusThatTheMethodThrowsIsTheAnswer(String name, Status status) throws Exception {
		this.handlers.failure = (Throwable) Class.forName("java.lang." + name).getConstructor().newInstance();
		assertThat(this.tester.call("now", "")).isEqualTo(UdsReply.failed(status, "try again"));
		assertThat(this.log.events()).extracting("level").containsOnly(Level.DEBUG);
	}

	@Test
	void statusOfTheHandlerIsAnExceptionAsAny() {
		HandlerTester tester = new HandlerTester(new CatchAll(), this.factory);
		assertThat(tester.answer("status", "")).isEqualTo("caught UdsStatusException");
	}

	@Test
	void failureThatIsThrownAgainIsAnsweredAsByDefault() {
		this.handlers.failure = new NegativeArraySizeException("secret");
		assertThat(this.tester.call("now", "")).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.events()).filteredOn((event) -> event.getLevel() == Level.ERROR).hasSize(1);
		assertThat(new HandlerTester(new Again(), this.factory).call("number", "x")).isEqualTo(UdsReply
			.failed(Status.INVALID_ARGUMENT, "payload cannot be converted to int: not valid JSON at line 1, column 1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "java.lang.IndexOutOfBoundsException", "java.lang.ArrayStoreException",
			"java.lang.NullPointerException", "java.lang.CloneNotSupportedException" })
	void methodThatFailsIsInternalAndBothFailuresAreLogged(String name) throws Exception {
		this.handlers.failure = (Throwable) Class.forName(name).getConstructor().newInstance();
		assertThat(this.tester.call("now", "x")).isEqualTo(HANDLER_FAILED);
		assertThat(this.log.events()).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.satisfiesExactly((event) -> {
				assertThat(event.getFormattedMessage()).contains("'test.route'").contains("Handlers.now(String)");
				assertThat(event.getThrowableProxy().getClassName()).isEqualTo(name);
			}, (event) -> {
				assertThat(event.getFormattedMessage()).contains("Exception handler method").contains("Handlers.");
				assertThat(event.getThrowableProxy().getClassName()).isNotEqualTo(name);
			});
	}

	@Test
	void failureThatNoMethodIsForIsAnsweredAsByDefault() {
		this.handlers.failure = new InterruptedException();
		assertThat(this.tester.call("now", "")).isEqualTo(HANDLER_FAILED);
	}

	@Test
	void adviceAnswersWhatTheBeanDoesNot() {
		this.factory.addAdvice(new Advice(new FirstAdvice(), 2, Handlers.class));
		this.handlers.failure = new InterruptedException("x");
		assertThat(this.tester.answer("now", "")).isEqualTo("advised InterruptedException");
		this.handlers.failure = new NumberFormatException("x");
		assertThat(this.tester.answer("now", "")).isEqualTo("number");
	}

	@Test
	void firstAdviceWithAMethodAnswers() {
		UdsRequestHandler handler = this.tester.handler("now");
		this.factory.addAdvice(new Advice(new FirstAdvice(), 2, Handlers.class));
		this.factory.addAdvice(new Advice(new SecondAdvice(), 1, Handlers.class));
		this.factory.addAdvice(new Advice(new SecondAdvice(), 0, CatchAll.class));
		this.handlers.failure = new InterruptedException("x");
		assertThat(answer(handler)).isEqualTo("second");
		this.handlers.failure = new Exception("x");
		assertThat(answer(handler)).isEqualTo("advised Exception");
	}

	@Test
	void ofTwoAdviceBeansOfOneClassTheOneThatAppliesAnswers() {
		this.factory.addAdvice(new Advice(new FirstAdvice(), 1, CatchAll.class));
		this.factory.addAdvice(new Advice(new FirstAdvice(), 2, Handlers.class));
		this.handlers.failure = new InterruptedException();
		assertThat(this.tester.answer("now", "")).isEqualTo("advised InterruptedException");
	}

	private String answer(UdsRequestHandler handler) {
		UdsReply[] replies = new UdsReply[1];
		handler.handle(this.tester.request(new byte[0]), Map.of(), (reply) -> replies[0] = reply);
		return HandlerTester.text(replies[0]);
	}

	@Test
	void twoMethodsForOneExceptionFailWhenTheHandlerIsMade() {
		assertThatIllegalStateException().isThrownBy(() -> new HandlerTester(new Ambiguous()).handler("now"))
			.withMessageContaining("first")
			.withMessageContaining("second");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.factory.addAdvice(new Advice(new Ambiguous(), 0, Handlers.class)));
	}

	@Test
	void circleOfCausesEndsSomewhere() {
		Exception outer = new UnsupportedOperationException("outer");
		outer.initCause(new Exception("inner", outer));
		this.handlers.failure = outer;
		assertThat(this.tester.call("now", "")).isEqualTo(HANDLER_FAILED);
	}

	@Test
	void interruptOfTheMethodDoesNotReachTheCallback() {
		this.handlers.failure = new VirtualMachineErrorOfTest();
		AtomicInteger interrupts = new AtomicInteger();
		this.tester.handler("now")
			.handle(this.tester.request(new byte[0]), Map.of(),
					(reply) -> interrupts.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0));
		assertThat(interrupts).hasValue(0);
	}

	@Test
	void interruptOfTheThreadThatCompletesAStageStays() {
		this.handlers.failure = new NoSuchElementException("tea");
		this.tester.start("pending", "please".getBytes());
		Thread.currentThread().interrupt();
		this.handlers.pending.completeExceptionally(this.handlers.failure);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(HandlerTester.text(this.tester.reply())).isEqualTo("no tea, please");
	}

	static class VirtualMachineErrorOfTest extends InternalError {

	}

	static class Handlers {

		final AtomicInteger calls = new AtomicInteger();

		final CompletableFuture<String> later = new CompletableFuture<>();

		final CompletableFuture<String> pending = new CompletableFuture<>();

		Throwable failure;

		String now(String text) throws Throwable {
			throw this.failure;
		}

		CompletionStage<String> stage(String text) {
			return CompletableFuture.failedStage(this.failure);
		}

		CompletionStage<String> nested(String text) {
			return CompletableFuture.<String>failedFuture(new CompletionException(this.failure))
				.thenApply((value) -> value);
		}

		CompletionStage<String> pending(String text) {
			return this.pending;
		}

		Object unwritable(String text) {
			return new Unwritable(this.failure);
		}

		String number(int number) {
			this.calls.incrementAndGet();
			return "";
		}

		@MessageExceptionHandler
		String missing(NoSuchElementException ex, @Payload(required = false) String text) {
			return "no " + ex.getMessage() + ", " + text;
		}

		@MessageExceptionHandler
		CompletionStage<String> disk(IOException ex) {
			return this.later;
		}

		@MessageExceptionHandler(ArithmeticException.class)
		void ignored() {
		}

		@MessageExceptionHandler
		String argument(IllegalArgumentException ex) {
			return "argument " + ex.getMessage();
		}

		@MessageExceptionHandler(NumberFormatException.class)
		String numberFormat() {
			return "number";
		}

		@MessageExceptionHandler(UnsupportedOperationException.class)
		String everything(RuntimeException ex, SecurityException cause, @Header String tenant, PeerCredentials peer,
				String text, HandlerMethod method) {
			return ex.getMessage() + " " + cause.getMessage() + " " + tenant + " " + peer.user().getName() + " " + text
					+ " " + method.getMethod().getName();
		}

		@MessageExceptionHandler(MessageConversionException.class)
		String conversion() {
			return "conversion";
		}

		@MessageExceptionHandler(StackOverflowError.class)
		String stack() {
			return "stack";
		}

		@MessageExceptionHandler(IllegalStateException.class)
		String status() {
			throw new UdsStatusException(Status.ABORTED, "try again");
		}

		@MessageExceptionHandler(ClassCastException.class)
		CompletionStage<String> statusInStage() {
			return CompletableFuture.supplyAsync(() -> {
				throw new UdsStatusException(Status.DATA_LOSS, "try again");
			});
		}

		@MessageExceptionHandler
		String again(NegativeArraySizeException ex) {
			throw ex;
		}

		@MessageExceptionHandler(IndexOutOfBoundsException.class)
		String fails() {
			throw new IllegalStateException("second secret");
		}

		@MessageExceptionHandler(ArrayStoreException.class)
		CompletionStage<String> failsLater() {
			return CompletableFuture.failedStage(new IOException("second secret"));
		}

		@MessageExceptionHandler(NullPointerException.class)
		Object returnsWhatCannotBeWritten() {
			return new Unwritable(new IllegalStateException("second secret"));
		}

		@MessageExceptionHandler(CloneNotSupportedException.class)
		String asksForWhatIsNotThere(@Header("nobody") String header) {
			return header;
		}

		@MessageExceptionHandler(VirtualMachineErrorOfTest.class)
		String interrupts() {
			Thread.currentThread().interrupt();
			return "";
		}

	}

	static class Again {

		String number(int number) {
			return "";
		}

		@MessageExceptionHandler
		String again(MessageConversionException ex) {
			throw ex;
		}

	}

	static class CatchAll {

		String status() {
			throw new UdsStatusException(Status.NOT_FOUND, "no tea");
		}

		@MessageExceptionHandler
		String caught(Exception ex) {
			return "caught " + ex.getClass().getSimpleName();
		}

	}

	static class Ambiguous {

		String now() {
			return "";
		}

		@MessageExceptionHandler
		void first(IOException ex) {
		}

		@MessageExceptionHandler
		void second(IOException ex) {
		}

	}

	static class FirstAdvice {

		@MessageExceptionHandler
		String advised(Exception ex) {
			return "advised " + ex.getClass().getSimpleName();
		}

	}

	static class SecondAdvice {

		@MessageExceptionHandler(InterruptedException.class)
		String advised() {
			return "second";
		}

	}

	/** Jackson cannot write it, for a reason of ours. */
	static class Unwritable {

		private final Throwable reason;

		Unwritable(Throwable reason) {
			this.reason = reason;
		}

		@JsonProperty
		String value() throws Throwable {
			throw this.reason;
		}

	}

	static class Advice implements MessagingAdviceBean {

		private final Object bean;

		private final int order;

		private final Class<?> applicableTo;

		Advice(Object bean, int order, Class<?> applicableTo) {
			this.bean = bean;
			this.order = order;
			this.applicableTo = applicableTo;
		}

		@Override
		public @Nullable Class<?> getBeanType() {
			return this.bean.getClass();
		}

		@Override
		public Object resolveBean() {
			return this.bean;
		}

		@Override
		public boolean isApplicableToBeanType(Class<?> beanType) {
			return beanType == this.applicableTo;
		}

		@Override
		public int getOrder() {
			return this.order;
		}

	}

}
