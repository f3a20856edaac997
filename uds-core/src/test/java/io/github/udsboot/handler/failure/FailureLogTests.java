package io.github.udsboot.handler.failure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What of a failure is in the log, also when there are many.
 */
class FailureLogTests {

	private static final long SECOND = 1_000_000_000L;

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final FailureLog.Context NONE = FailureLog.Context.NONE;

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final AtomicLong time = new AtomicLong();

	private final FailureLog failures = new FailureLog(LogFactory.getLog(FailureLogTests.class),
			FailureLogTests.class.getName(), this.time::get);

	@BeforeEach
	void withoutDebug() {
		((Logger) LoggerFactory.getLogger("io.github.udsboot")).setLevel(Level.INFO);
	}

	@Test
	void failureThatIsKnownIsALine() {
		Exception failure = new IllegalStateException("away\nfake line",
				new IllegalArgumentException("nobody listens\u2028fake line"));
		this.failures.known(() -> "Handler of 'a' answered UNAVAILABLE", failure, NONE);
		ILoggingEvent line = this.log.only();
		assertThat(line.getLevel()).isEqualTo(Level.WARN);
		assertThat(line.getFormattedMessage()).isEqualTo("Handler of 'a' answered UNAVAILABLE: "
				+ "java.lang.IllegalStateException: away fake line; root cause: "
				+ "java.lang.IllegalArgumentException: nobody listens fake line");
		assertThat(line.getThrowableProxy()).isNull();
	}

	@Test
	void failureThatIsUnknownHasItsStackTraceOnceAMinuteAndALineEachTime() {
		for (int i = 0; i < 4; i++) {
			this.time.addAndGet((i < 3) ? SECOND : 58 * SECOND);
			this.failures.unknown(() -> "Handler of 'a' failed", made("secret"), NONE);
		}
		assertThat(this.log.events()).hasSize(4)
			.allSatisfy((event) -> assertThat(event.getLevel()).isEqualTo(Level.ERROR))
			.extracting((event) -> event.getThrowableProxy() != null)
			.containsExactly(true, false, false, true);
		assertThat(this.log.events().get(1).getFormattedMessage())
			.startsWith("Handler of 'a' failed: java.lang.IllegalStateException: secret; its stack trace was logged");
	}

	@Test
	void failuresThatComeFasterThanTheyCanBeReadAreCounted() {
		for (int i = 0; i <= 1000; i++) {
			if (i == 1000) {
				assertThat(this.log.events()).hasSize(20);
				this.time.addAndGet(SECOND);
			}
			this.failures.unknown(() -> "Handler of 'a' failed", made("secret"), NONE);
			this.failures.known(() -> "Handler of 'a' answered UNAVAILABLE", made("away"), NONE);
		}
		assertThat(this.log.events()).hasSize(22);
		assertThat(lines().skip(20)).allSatisfy((line) -> assertThat(line)
			.contains("10 more like it were left out) (980 more came too fast to be told apart)"));
	}

	/** To decode a stack trace takes longer than most handlers do. */
	@Test
	void failuresThatComeByTheThousandAreNotAllLookedInto() {
		AtomicInteger looks = new AtomicInteger();
		Throwable failure = new IllegalStateException("secret") {

			@Override
			public StackTraceElement[] getStackTrace() {
				looks.incrementAndGet();
				return super.getStackTrace();
			}

		};
		// with its stack trace, which takes more looks than one
		unknown(failure);
		looks.set(0);
		unknown(failure);
		int each = looks.getAndSet(0);
		for (int i = 0; i < 999; i++) {
			unknown(failure);
		}
		assertThat(looks).hasValueLessThanOrEqualTo(20 * each);
		unknown(new IllegalArgumentException("another class"));
		assertThat(lines().skip(10)).singleElement()
			.asString()
			.isEqualTo("Handler of 'a' failed (981 more came too fast to be told apart)");
		looks.set(0);
		this.time.addAndGet(SECOND / 10);
		unknown(failure);
		assertThat(looks).hasPositiveValue();
	}

	@Test
	void failureOfAnotherKindIsNeverLeftOut() {
		Runnable[] others = { () -> unknown(new IllegalArgumentException("another class")),
				() -> unknown(new IllegalStateException("another line")),
				() -> unknown(new IllegalStateException("another cause", new RuntimeException())),
				() -> unknown(deep(40, "a deep one")), () -> unknown(deep(40, "a deep one from another line")),
				() -> this.failures.unknown(() -> "Handler of 'b' failed", made("another route"), NONE) };
		for (int i = 0; i < 1000; i++) {
			unknown(made("many"));
			for (Runnable other : others) {
				other.run();
			}
		}
		assertThat(this.log.events().stream().filter((event) -> event.getThrowableProxy() != null))
			.extracting((event) -> event.getThrowableProxy().getMessage())
			.containsExactly("many", "another class", "another line", "another cause", "a deep one",
					"a deep one from another line", "another route");
	}

	private void unknown(Throwable failure) {
		this.failures.unknown(() -> "Handler of 'a' failed", failure, NONE);
	}

	private static IllegalStateException made(String message) {
		return new IllegalStateException(message);
	}

	/** As if made by a library that the application calls. */
	private static IllegalStateException deep(int depth, String message) {
		return Library.fail(depth, message);
	}

	@Test
	void asManyKindsAsThereAreAreTenASecondAndCounted() {
		for (int i = 0; i < 10_000; i++) {
			String route = "route " + i;
			this.failures.unknown(() -> route, made("secret"), NONE);
		}
		assertThat(this.log.events()).hasSize(10);
		this.time.addAndGet(SECOND);
		this.failures.unknown(() -> "route 9999", made("secret"), NONE);
		ILoggingEvent next = this.log.events().get(10);
		assertThat(next.getFormattedMessage())
			.contains("190 more of other kinds were left out) (9800 more came too fast to be told apart)");
		assertThat(next.getThrowableProxy()).isNotNull();
	}

	@Test
	void failuresThatAreKnownTakeNoStackTraceFromOthers() {
		for (int i = 0; i < 1000; i++) {
			String route = "route " + i;
			this.failures.known(() -> route, made("away"), NONE);
		}
		unknown(made("secret"));
		assertThat(this.log.events().get(10).getThrowableProxy()).isNotNull();
	}

	/** How deep is up to the peer that has nested its payload. */
	@Test
	void recursiveHandlerThatFailsMakesNoKindForEachDepth() {
		for (int i = 0; i < 1000; i++) {
			// the limit of all kinds is not what keeps them few
			this.time.addAndGet(SECOND / 100);
			unknown(recursive(1 + i % 500));
		}
		assertThat(this.log.events().stream().filter((event) -> event.getThrowableProxy() != null)).hasSize(1);
	}

	private static IllegalStateException recursive(int depth) {
		return (depth > 0) ? recursive(depth - 1) : new IllegalStateException("too deep");
	}

	@Test
	void whatTheLoggerDidNotTakeIsLoggedNextTime() {
		for (Error failure : Arrays.asList(new OutOfMemoryError("no line"), null)) {
			this.log.failWith(failure);
			unknown(made("secret"));
		}
		assertThat(this.log.only().getThrowableProxy()).isNotNull();
	}

	@Test
	void failureThatIsExpectedIsALineAtDebug() {
		this.failures.expected(() -> "Refused", made("secret"), NONE);
		assertThat(this.log.events()).isEmpty();
		level(Level.DEBUG);
		this.failures.expected(() -> "Refused", made("secret"), NONE);
		assertThat(this.log.only().getFormattedMessage()).isEqualTo("Refused: java.lang.IllegalStateException: secret");
		assertThat(this.log.only().getThrowableProxy()).isNull();
	}

	@Test
	void withTraceEveryFailureHasItsStackTrace() {
		level(Level.TRACE);
		for (int i = 0; i < 30; i++) {
			unknown(made("secret"));
			this.failures.known(() -> "Handler of 'a' answered UNAVAILABLE", made("away"), NONE);
			this.failures.expected(() -> "Refused", made("secret"), NONE);
		}
		assertThat(this.log.events()).hasSize(90)
			.allSatisfy((event) -> assertThat(event.getThrowableProxy()).isNotNull());
	}

	@ParameterizedTest
	@CsvSource({ "traceparent, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
			"b3, 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
			"x-b3-traceid, 4bf92f3577b34da6a3ce929d0e0e4736" })
	void lineHasTheIdOfTheCallersTrace(String header, String value) {
		FailureLog.Context context = new FailureLog.Context(Map.of(header, List.of(value)), Map.of());
		this.failures.unknown(() -> "Handler of 'a' failed", made("secret"), context);
		this.failures.known(() -> "Handler of 'a' answered UNAVAILABLE", made("away"), context);
		assertThat(lines()).hasSize(2).allSatisfy((line) -> assertThat(line).contains(" [trace " + TRACE + "]"));
	}

	@Test
	void whatIsNoIdOfATraceIsNotLogged() {
		for (String forged : List.of("x", "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01", "")) {
			this.failures.unknown(() -> "Handler of 'a' failed", made("secret"),
					new FailureLog.Context(Map.of("traceparent", List.of(forged)), Map.of()));
		}
		assertThat(lines()).hasSize(3).allSatisfy((line) -> assertThat(line).doesNotContain("[trace", "\n"));
	}

	@Test
	void ownTraceGoesBeforeTheCallers() {
		MDC.put("traceId", "0af7651916cd43dd8448eb211c80319c");
		try {
			this.failures.unknown(() -> "Handler of 'a' failed", made("secret"), new FailureLog.Context(
					Map.of("traceparent", List.of("00-" + TRACE + "-00f067aa0ba902b7-01")), Map.of()));
		}
		finally {
			MDC.remove("traceId");
		}
		assertThat(this.log.only().getFormattedMessage()).contains("[trace 0af7651916cd43dd8448eb211c80319c]");
	}

	/** A stage completes on a thread that has no scope. */
	@Test
	void scopeOfTheObservationIsThatOfTheRequestOnAnyThread() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new MdcHandler());
		Observation observation = Observation.start("request", registry);
		this.failures.unknown(() -> "Handler of 'a' failed", made("secret"),
				new FailureLog.Context(Map.of(), Map.of("uds_observation", observation)));
		assertThat(this.log.only().getFormattedMessage()).contains("[trace " + TRACE + "]");
		assertThat(this.log.only().getMDCPropertyMap()).containsEntry("traceId", TRACE);
		assertThat(MDC.get("traceId")).isNull();
	}

	private Stream<String> lines() {
		return this.log.events().stream().map(ILoggingEvent::getFormattedMessage);
	}

	private static void level(Level level) {
		((Logger) LoggerFactory.getLogger("io.github.udsboot")).setLevel(level);
	}

	/** As tracing does. */
	private static final class MdcHandler implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			MDC.put("traceId", TRACE);
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			MDC.remove("traceId");
		}

	}

	private static final class Library {

		static IllegalStateException fail(int depth, String message) {
			return (depth > 0) ? fail(depth - 1, message) : new IllegalStateException(message);
		}

	}

}
