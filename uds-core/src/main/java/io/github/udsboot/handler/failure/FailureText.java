package io.github.udsboot.handler.failure;

import java.util.ArrayList;
import java.util.List;

/**
 * A failure in one line of the log. Its methods are code of the application, which may
 * fail as well: that throws nothing here.
 */
final class FailureText {

	private static final int MAX_LENGTH = 500;

	/** A chain of causes may be a circle. */
	private static final int MAX_CAUSES = 16;

	private FailureText() {
	}

	/** Describe a failure in one line, which a peer must not break. */
	static String describe(Throwable failure) {
		List<Throwable> causes = causes(failure);
		String text = text(failure);
		return (causes.size() > 1) ? text + "; root cause: " + text(causes.get(causes.size() - 1)) : text;
	}

	private static String text(Throwable failure) {
		String text;
		try {
			text = failure.toString();
		}
		catch (RuntimeException | Error ex) {
			return failure.getClass().getName();
		}
		StringBuilder line = new StringBuilder();
		for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
			char c = text.charAt(i);
			line.append((Character.isISOControl(c) || c == '\u2028' || c == '\u2029') ? ' ' : c);
		}
		return (text.length() > MAX_LENGTH) ? line.append("...").toString() : line.toString();
	}

	/** Return a failure and its causes, as far as they can be told. */
	static List<Throwable> causes(Throwable failure) {
		List<Throwable> causes = new ArrayList<>();
		try {
			for (Throwable cause = failure; cause != null && causes.size() < MAX_CAUSES; cause = cause.getCause()) {
				causes.add(cause);
			}
		}
		catch (RuntimeException | Error ex) {
			// the causes that were found are enough
		}
		return causes;
	}

	/**
	 * Return whether a logger can write a failure with its stack trace. One that it
	 * cannot write would not be in the log at all.
	 */
	static boolean isWritable(Throwable failure) {
		try {
			StringBuilder said = new StringBuilder();
			Throwable cause = failure;
			for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
				said.append(cause.getStackTrace().length)
					.append(cause.hashCode())
					.append(cause.getMessage())
					.append(cause.toString());
				cause = cause.getCause();
			}
			return !said.isEmpty();
		}
		catch (RuntimeException | Error ex) {
			return false;
		}
	}

}
