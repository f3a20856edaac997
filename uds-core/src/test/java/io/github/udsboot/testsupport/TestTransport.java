package io.github.udsboot.testsupport;

import java.util.Locale;

import io.github.udsboot.transport.TransportType;

/**
 * The transport of the tests that need one and do not care which: the JDK's, unless
 * {@link #PROPERTY} says otherwise, so that the faults can be tried over each.
 */
public final class TestTransport {

	/** The system property. */
	public static final String PROPERTY = "test.transport";

	private TestTransport() {
	}

	public static TransportType type() {
		return TransportType.valueOf(System.getProperty(PROPERTY, "JDK").toUpperCase(Locale.ROOT));
	}

	/** Return the name as the commands of other processes have it. */
	public static String name() {
		return type().name().toLowerCase(Locale.ROOT);
	}

}
