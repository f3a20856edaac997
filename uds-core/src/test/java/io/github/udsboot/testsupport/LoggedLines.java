package io.github.udsboot.testsupport;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Records what we log, at DEBUG and above.
 */
public class LoggedLines extends AppenderBase<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {

	private final List<ILoggingEvent> events = new ArrayList<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.udsboot");

	@Override
	public void beforeEach(ExtensionContext context) {
		start();
		this.logger.setLevel(Level.DEBUG);
		this.logger.setAdditive(false);
		this.logger.addAppender(this);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.logger.setLevel(null);
		this.logger.setAdditive(true);
		this.logger.detachAppender(this);
	}

	@Override
	protected synchronized void append(ILoggingEvent event) {
		this.events.add(event);
	}

	/** Return the lines from INFO on that tell of the stop of a listener. */
	public synchronized List<String> aboutStops() {
		return this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.INFO))
			.map((event) -> event.getLevel() + " " + event.getFormattedMessage())
			.filter((line) -> line.contains("drain") || line.contains("stop"))
			.toList();
	}

	/** Return the lines above INFO. */
	public synchronized List<String> warnings() {
		return this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	/** Return how many lines above INFO have this text and a stack trace. */
	public synchronized int stackTraces(String text) {
		return (int) this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN) && event.getThrowableProxy() != null
					&& event.getFormattedMessage().contains(text))
			.count();
	}

	/** Log from INFO on only, as an application does. */
	public void withoutDebug() {
		this.logger.setLevel(Level.INFO);
	}

}
