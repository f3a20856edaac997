package io.github.udsboot.handler.failure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What failures of one kind have in common: what has failed, their classes and where they
 * were made. As a hash: the frames are long, and many kinds are kept.
 */
final class FailureKind {

	/**
	 * Where a failure was made; below are the frames of those who called. Each line
	 * counts once: a recursive handler has as many frames as a peer has nested its
	 * payload.
	 */
	private static final int FRAMES = 8;

	private static final StackTraceElement[] NO_FRAMES = {};

	private FailureKind() {
	}

	/**
	 * Return the kind of a failure.
	 * @param text what has failed
	 * @param failure how
	 * @param applicationClass the class whose lines tell failures apart, however deep
	 * they lie, or an empty string
	 */
	static String of(String text, Throwable failure, String applicationClass) {
		MessageDigest kind = digest();
		add(kind, text);
		for (Throwable cause : FailureText.causes(failure)) {
			add(kind, cause.getClass().getName());
			Set<StackTraceElement> application = new LinkedHashSet<>();
			Set<StackTraceElement> others = new LinkedHashSet<>();
			for (StackTraceElement frame : frames(cause)) {
				Set<StackTraceElement> frames = frame.getClassName().equals(applicationClass) ? application : others;
				if (frames.size() < FRAMES) {
					frames.add(frame);
				}
			}
			application.forEach((frame) -> add(kind, frame.toString()));
			others.forEach((frame) -> add(kind, frame.toString()));
		}
		return HexFormat.of().formatHex(kind.digest());
	}

	private static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static void add(MessageDigest kind, String part) {
		kind.update(part.getBytes(StandardCharsets.UTF_8));
		kind.update((byte) '\n');
	}

	private static StackTraceElement[] frames(Throwable failure) {
		try {
			return failure.getStackTrace();
		}
		catch (RuntimeException | Error ex) {
			return NO_FRAMES;
		}
	}

}
