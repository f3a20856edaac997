package io.github.udsboot.stress;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Keeps what we log from the console, and the errors that no handler was asked for.
 */
final class LoggedErrors extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private static final int MAX_ERRORS = 20;

	private final Queue<String> errors = new ConcurrentLinkedQueue<>();

	private final LongAdder warnings = new LongAdder();

	/** What Reactor had nobody left to tell: a cancellation and a failure may cross. */
	private final LongAdder dropped = new LongAdder();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.udsboot");

	private final Logger reactor = (Logger) LoggerFactory.getLogger("reactor.core.publisher");

	private final boolean reactorAdditive = this.reactor.isAdditive();

	private final Level level = this.logger.getLevel();

	private final boolean additive = this.logger.isAdditive();

	LoggedErrors() {
		start();
		this.logger.setLevel(Level.WARN);
		this.logger.setAdditive(false);
		this.logger.addAppender(this);
		this.reactor.setAdditive(false);
		this.reactor.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		if (event.getLoggerName().startsWith("reactor")) {
			this.dropped.increment();
		}
		else if (event.getLevel() != Level.ERROR) {
			this.warnings.increment();
		}
		else if (!isProvoked(event) && this.errors.size() < MAX_ERRORS) {
			IThrowableProxy failure = event.getThrowableProxy();
			this.errors.add("Logged as an error: " + event.getFormattedMessage()
					+ ((failure != null) ? "\n" + ThrowableProxyUtil.asString(failure) : ""));
		}
	}

	private static boolean isProvoked(ILoggingEvent event) {
		if (event.getFormattedMessage().contains("Provoked")) {
			return true;
		}
		for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
			if (cause.getClassName().equals(ProvokedException.class.getName())) {
				return true;
			}
		}
		return false;
	}

	Queue<String> errors() {
		return this.errors;
	}

	long warnings() {
		return this.warnings.sum();
	}

	long dropped() {
		return this.dropped.sum();
	}

	@Override
	public void close() {
		this.reactor.detachAppender(this);
		this.reactor.setAdditive(this.reactorAdditive);
		this.logger.detachAppender(this);
		this.logger.setAdditive(this.additive);
		this.logger.setLevel(this.level);
	}

}
