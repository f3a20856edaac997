package io.github.udsboot.reliability;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.slf4j.LoggerFactory;

import io.github.udsboot.interop.ProcessResources;
import io.github.udsboot.reliability.Fault.Trial;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.TransportType;

/**
 * Makes each fault happen again and again, on each transport, by the tests that are there
 * for it.
 */
final class FaultRun {

	private static final int MAX_FAILURES = 3;

	private final int runs;

	private final List<TransportType> transports;

	private final Predicate<String> wanted;

	private final Report report;

	private final Launcher launcher = LauncherFactory.create();

	private final List<String> failures = new ArrayList<>();

	/**
	 * Create a run.
	 * @param runs how often each test makes its fault happen
	 * @param transports the transports
	 * @param wanted which faults, by their names
	 * @param report takes the table
	 */
	FaultRun(int runs, List<TransportType> transports, Predicate<String> wanted, Report report) {
		this.runs = runs;
		this.transports = transports;
		this.wanted = wanted;
		this.report = report;
	}

	/**
	 * Run, as the system properties {@code faults.runs}, {@code faults.transport} and
	 * {@code faults.only} say.
	 * @return what went wrong
	 */
	static List<String> run() {
		Settings settings = new Settings("faults");
		int runs = settings.number("runs", 100);
		String only = settings.text("only", "");
		Report report = new Report("faults", "./mvnw -pl uds-core -Pfaults test -Dfaults.runs=" + runs
				+ (only.isEmpty() ? "" : " -Dfaults.only='" + only + "'"));
		return new FaultRun(runs, settings.transports(), (name) -> name.contains(only), report).runAll();
	}

	List<String> runAll() {
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		List<Appender<ILoggingEvent>> appenders = new ArrayList<>();
		root.iteratorForAppenders().forEachRemaining(appenders::add);
		// what is logged on purpose so many times would hide the table
		appenders.forEach(root::detachAppender);
		String before = System.getProperty(TestTransport.PROPERTY);
		ProcessResources resources = ProcessResources.now();
		try {
			this.report.table("fault", "what must happen", "transport", "times:", "failures:", "median:", "longest:");
			FaultTable.FAULTS.stream().filter((fault) -> this.wanted.test(fault.name())).forEach(this::run);
			this.report.end();
			checkLeaks(resources);
		}
		finally {
			if (before != null) {
				System.setProperty(TestTransport.PROPERTY, before);
			}
			else {
				System.clearProperty(TestTransport.PROPERTY);
			}
			appenders.forEach(root::addAppender);
		}
		this.failures.forEach((failure) -> Report.print(failure + "\n"));
		return this.failures;
	}

	private void checkLeaks(ProcessResources before) {
		try {
			before.awaitDescriptors();
		}
		catch (AssertionError ex) {
			this.failures.add("Descriptors are left: " + ex.getMessage());
		}
	}

	private void run(Fault fault) {
		Map<TransportType, Tally> tallies = new EnumMap<>(TransportType.class);
		this.transports.forEach((transport) -> tallies.put(transport, new Tally()));
		for (Trial trial : fault.trials()) {
			run(trial, tallies);
		}
		tallies.forEach((transport, tally) -> this.report.row(fault.name(), fault.outcome(), name(transport),
				tally.describeTimes(), tally.failed, tally.median(), tally.longest()));
	}

	private static String name(TransportType transport) {
		return transport.name().toLowerCase(Locale.ROOT);
	}

	private void run(Trial trial, Map<TransportType, Tally> tallies) {
		// a test that names its transports has run over all of them in the first pass
		Set<TransportType> named = EnumSet.noneOf(TransportType.class);
		int executions = (this.runs + trial.rounds() - 1) / trial.rounds();
		LauncherDiscoveryRequest request = request(trial);
		for (TransportType transport : this.transports) {
			if (!named.isEmpty()) {
				break;
			}
			System.setProperty(TestTransport.PROPERTY, transport.name());
			int failuresBefore = this.failures.size();
			for (int i = 0; i < executions && this.failures.size() - failuresBefore < MAX_FAILURES; i++) {
				Listener listener = new Listener();
				this.launcher.execute(request, listener);
				for (Outcome outcome : listener.outcomes) {
					if (outcome.transport() != null) {
						named.add(outcome.transport());
					}
					Tally tally = tallies.get((outcome.transport() != null) ? outcome.transport() : transport);
					if (tally != null) {
						add(trial, outcome, tally);
					}
				}
				if (listener.outcomes.isEmpty()) {
					this.failures.add("Nothing runs for " + trial);
				}
			}
		}
	}

	private void add(Trial trial, Outcome outcome, Tally tally) {
		if (outcome.skipped() != null) {
			tally.skipped = outcome.skipped();
			return;
		}
		tally.times += trial.rounds();
		tally.durations.add(outcome.time().dividedBy(trial.rounds()));
		if (outcome.failure() != null) {
			tally.failed++;
			StringWriter trace = new StringWriter();
			outcome.failure().printStackTrace(new PrintWriter(trace));
			this.failures.add(trial + ": " + trace);
		}
	}

	private static LauncherDiscoveryRequest request(Trial trial) {
		Method method = method(trial);
		return LauncherDiscoveryRequestBuilder.request()
			.selectors(DiscoverySelectors.selectMethod(trial.testClass(), method))
			.build();
	}

	/** Return the method of a test, which is checked to be there. */
	static Method method(Trial trial) {
		for (Class<?> type = trial.testClass(); type != null; type = type.getSuperclass()) {
			for (Method method : type.getDeclaredMethods()) {
				if (method.getName().equals(trial.method()) && AnnotationSupport.isAnnotated(method, Testable.class)) {
					return method;
				}
			}
		}
		throw new IllegalStateException("No test " + trial);
	}

	/** What became of one invocation. */
	private record Outcome(TransportType transport, Duration time, String skipped, Throwable failure) {

	}

	/** What became of all of them on a transport. */
	private static final class Tally {

		private final List<Duration> durations = new ArrayList<>();

		private int times;

		private int failed;

		private String skipped;

		private Object describeTimes() {
			if (this.skipped == null) {
				return this.times;
			}
			return (this.times > 0) ? this.times + ", in part skipped: " + this.skipped : "skipped: " + this.skipped;
		}

		private Object median() {
			return this.durations.isEmpty() ? ""
					: this.durations.stream().sorted().toList().get(this.durations.size() / 2);
		}

		private Object longest() {
			return this.durations.stream().max(Duration::compareTo).map(Object.class::cast).orElse("");
		}

	}

	/** Hears of the invocations, and finds the transport in their names. */
	private static final class Listener implements TestExecutionListener {

		private final List<Outcome> outcomes = new ArrayList<>();

		private TestPlan plan;

		private long begun;

		@Override
		public void testPlanExecutionStarted(TestPlan plan) {
			this.plan = plan;
		}

		@Override
		public void executionStarted(TestIdentifier identifier) {
			if (identifier.isTest()) {
				this.begun = System.nanoTime();
			}
		}

		@Override
		public void executionSkipped(TestIdentifier identifier, String reason) {
			this.outcomes.add(new Outcome(transport(identifier), Duration.ZERO, reason, null));
		}

		@Override
		public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
			if (!identifier.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
				return;
			}
			Throwable failure = result.getThrowable().orElse(null);
			boolean aborted = result.getStatus() == TestExecutionResult.Status.ABORTED;
			this.outcomes.add(new Outcome(transport(identifier), Duration.ofNanos(System.nanoTime() - this.begun),
					aborted ? String.valueOf((failure != null) ? failure.getMessage() : "no reason given") : null,
					aborted ? null : failure));
		}

		private TransportType transport(TestIdentifier identifier) {
			for (TestIdentifier at = identifier; at != null; at = this.plan.getParent(at).orElse(null)) {
				String text = nameOf(at).toLowerCase(Locale.ROOT);
				for (TransportType transport : List.of(TransportType.JUNIXSOCKET, TransportType.JDK)) {
					if (text.contains(name(transport))) {
						return transport;
					}
				}
			}
			return null;
		}

		/** Return the arguments of an invocation, the simple name of a class. */
		private static String nameOf(TestIdentifier identifier) {
			UniqueId.Segment segment = identifier.getUniqueIdObject().getLastSegment();
			if (segment.getType().endsWith("-invocation")) {
				return identifier.getDisplayName();
			}
			return segment.getType().startsWith("class")
					? segment.getValue().substring(segment.getValue().lastIndexOf('.') + 1) : "";
		}

	}

}
