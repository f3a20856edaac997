package io.github.udsboot.guard;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A logger that throws nothing. Appenders are application code, and writing a line takes
 * memory: without this guard, a line that cannot be written would end the thread that
 * writes it, or skip what that thread still has to count back and close. Instead the line
 * is lost. All classes of this library log through it. Thread-safe.
 */
public final class GuardedLog implements Log {

	private final Log logger;

	GuardedLog(Log logger) {
		this.logger = logger;
	}

	/**
	 * Return the logger of a class.
	 * @param type the class, whose name is the logger's name
	 * @return the logger
	 */
	public static Log of(Class<?> type) {
		return new GuardedLog(LogFactory.getLog(type));
	}

	/**
	 * Return the logger of a category that several classes share.
	 * @param name the logger's name
	 * @return the logger
	 */
	public static Log of(String name) {
		return new GuardedLog(LogFactory.getLog(name));
	}

	@Override
	public boolean isFatalEnabled() {
		try {
			return this.logger.isFatalEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public boolean isErrorEnabled() {
		try {
			return this.logger.isErrorEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public boolean isWarnEnabled() {
		try {
			return this.logger.isWarnEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public boolean isInfoEnabled() {
		try {
			return this.logger.isInfoEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public boolean isDebugEnabled() {
		try {
			return this.logger.isDebugEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public boolean isTraceEnabled() {
		try {
			return this.logger.isTraceEnabled();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	public void fatal(@Nullable Object message) {
		try {
			this.logger.fatal(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void fatal(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.fatal(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void error(@Nullable Object message) {
		try {
			this.logger.error(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void error(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.error(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void warn(@Nullable Object message) {
		try {
			this.logger.warn(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void warn(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.warn(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void info(@Nullable Object message) {
		try {
			this.logger.info(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void info(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.info(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void debug(@Nullable Object message) {
		try {
			this.logger.debug(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void debug(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.debug(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void trace(@Nullable Object message) {
		try {
			this.logger.trace(message);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

	@Override
	public void trace(@Nullable Object message, @Nullable Throwable failure) {
		try {
			this.logger.trace(message, failure);
		}
		catch (Throwable ex) {
			// the line is lost
		}
	}

}
