package io.github.udsboot.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Jazzer calls, in a process of its own.
 */
public final class JazzerTarget {

	/** The system property that names the target. */
	static final String NAME = "fuzz.target";

	private static final FuzzTarget TARGET = FuzzTargets.named(System.getProperty(NAME));

	static {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
	}

	private JazzerTarget() {
	}

	public static void fuzzerTestOneInput(byte[] input) throws Exception {
		TARGET.accept(input);
	}

}
