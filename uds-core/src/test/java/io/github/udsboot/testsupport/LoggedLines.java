package io.github.udsboot.testsupport;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Records what is logged at DEBUG and above, by us and by Spring's invocation.
 */
public class LoggedLines extends AppenderBase<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {

	private final List<ILoggingEvent> events = new ArrayList<>();

	private final Logger ours = (Logger) LoggerFactory.getLogger("io.github.udsboot");

	private final Logger springs = (Logger) LoggerFactory.getLogger("org.springframework.messaging.handler");

	private volatile @Nullable Error failure;

	@Override
	public void beforeEach(ExtensionContext context) {
		start();
		for (Logger logger : List.of(this.ours, this.springs)) {
			logger.setLevel(Level.DEBUG);
			logger.setAdditive(false);
			logger.addAppender(this);
		}
	}

	@Override
	public void afterEach(ExtensionContext context) {
		for (Logger logger : List.of(this.ours, this.springs)) {
			logger.setLevel(null);
			logger.setAdditive(true);
			logger.detachAppender(this);
		}
	}

	/** Log from INFO on only, as an application does. */
	public void withoutDebug() {
		this.ours.setLevel(Level.INFO);
		this.springs.setLevel(Level.INFO);
	}

	/** Fail instead of recording, whatever is logged. */
	public void failWith(Error failure) {
		this.failure = failure;
	}

	@Override
	public void doAppend(ILoggingEvent event) {
		Error failure = this.failure;
		if (failure != null) {
			// Logback takes note of what append() throws, and keeps it
			throw failure;
		}
		super.doAppend(event);
	}

	@Override
	protected synchronized void append(ILoggingEvent event) {
		// the MDC is that of now
		event.prepareForDeferredProcessing();
		this.events.add(event);
	}

	/** Return all lines. */
	public synchronized List<ILoggingEvent> events() {
		return List.copyOf(this.events);
	}

	/** Return the only line, or fail. */
	public ILoggingEvent only() {
		List<ILoggingEvent> all = events();
		if (all.size() != 1) {
			throw new AssertionError("One log line expected: " + all);
		}
		return all.get(0);
	}

	/** Return the lines above INFO. */
	public List<String> warnings() {
		return from(Level.WARN).map(ILoggingEvent::getFormattedMessage).toList();
	}

	/** Return how many lines above INFO have this text and a stack trace. */
	public int stackTraces(String text) {
		return (int) from(Level.WARN)
			.filter((event) -> event.getThrowableProxy() != null && event.getFormattedMessage().contains(text))
			.count();
	}

	/** Return the lines from INFO on that tell of the stop of a listener. */
	public List<String> aboutStops() {
		return from(Level.INFO).map((event) -> event.getLevel() + " " + event.getFormattedMessage())
			.filter((line) -> line.contains("drain") || line.contains("stop"))
			.toList();
	}

	private Stream<ILoggingEvent> from(Level level) {
		return events().stream().filter((event) -> event.getLevel().isGreaterOrEqual(level));
	}

}
