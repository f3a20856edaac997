package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The names of the measures in the CSV file.
 */
public final class MeasureNames {

	/** 64 B, one caller. */
	public static final String SEQUENTIAL = "sequential";

	/** The same, both processes on one core. */
	public static final String ONE_CORE = "one-core";

	/** 64 B, 32 callers on virtual threads. */
	public static final String VIRTUAL_CALLERS = "virtual-callers-32";

	/** 64 B, 32 callers, one call in a hundred sleeps; the figures are of the others. */
	public static final String SLOW_CALLS = "slow-calls";

	/** 64 B, 256 calls in flight on one connection. */
	public static final String IN_FLIGHT = "in-flight-256";

	/** A stream of 64 B items that the server gives; the figures are of items. */
	public static final String SERVER_STREAM = "server-stream";

	/** A stream of 64 B items that the client gives; the figures are of items. */
	public static final String UPLOAD = "upload";

	/** Memory of the server for each idle connection. */
	public static final String IDLE_MEMORY = "idle-connections-memory";

	/** CPU of the server with idle connections. */
	public static final String IDLE_CPU = "idle-connections-cpu";

	/** CPU of a server and a client that do nothing, without the JVM's own threads. */
	public static final String IDLE_PAIR = "idle-pair-cpu";

	/** What the server allocates for each call. */
	public static final String ALLOCATION_SERVER = "allocation-server";

	/** What the client allocates for each call. */
	public static final String ALLOCATION_CLIENT = "allocation-client";

	/** What the starter adds to the start of an application. */
	public static final String START_UP = "start-up";

	/** The payloads other than 64 bytes. */
	public static final List<Integer> PAYLOADS = List.of(1024, 8 * 1024, 64 * 1024, 1024 * 1024);

	/** The numbers of callers other than one. */
	public static final List<Integer> CALLERS = List.of(2, 4, 8, 16, 32, 64, 128, 256);

	/** The numbers of connections. */
	public static final List<Integer> CONNECTIONS = List.of(1, 2, 4, 8, 16, 32, 64);

	private MeasureNames() {
	}

	/**
	 * Return the measure of a number of callers with 64 B.
	 * @param callers the number
	 * @return the name
	 */
	public static String callers(int callers) {
		return (callers == 1) ? SEQUENTIAL : "callers-" + callers;
	}

	/**
	 * Return the measure of a payload with one caller.
	 * @param bytes the size
	 * @return the name
	 */
	public static String payload(int bytes) {
		return (bytes == 64) ? SEQUENTIAL : "payload-" + bytes;
	}

	/**
	 * Return the measure of 64 callers with 64 B over a number of connections.
	 * @param connections the number
	 * @return the name
	 */
	public static String connections(int connections) {
		return "connections-" + connections;
	}

	/**
	 * Say what a measure of a load is.
	 * @param name the name
	 * @return what payload, how many callers, and what else there is to know
	 */
	static String describe(String name) {
		String number = name.substring(name.lastIndexOf('-') + 1);
		return switch (name) {
			case SEQUENTIAL -> "64 B, one caller, one call after the other";
			case ONE_CORE -> "64 B, one caller, both processes bound to the same core";
			case VIRTUAL_CALLERS -> "64 B, 32 callers, each on a virtual thread";
			case SLOW_CALLS ->
				"64 B, 32 callers; the handler of one call in a hundred sleeps 10 ms. Rate and latencies "
						+ "are of the other calls";
			case IN_FLIGHT -> "64 B, 256 calls in flight on one connection, no caller waits";
			case SERVER_STREAM -> "One stream of 64 B items that the server gives and the client takes";
			case UPLOAD -> "One stream of 64 B items that the client gives and the server takes, to say in the end how "
					+ "many they were";
			default -> {
				if (name.startsWith(callers(0).replace("0", ""))) {
					yield "64 B, " + number + " callers, each on a platform thread (Go: a goroutine)";
				}
				yield name.startsWith(payload(0).replace("0", ""))
						? Units.bytes(Integer.parseInt(number)) + ", one caller, one call after the other"
						: "64 B, 64 callers over connections: " + number;
			}
		};
	}

	/**
	 * Return whether what is counted are the items of a stream.
	 * @param name the name
	 * @return {@code false} for calls
	 */
	static boolean isStream(String name) {
		return name.equals(SERVER_STREAM) || name.equals(UPLOAD);
	}

	/**
	 * Return the measures of all payloads with one caller.
	 * @return the names
	 */
	public static List<String> sizes() {
		List<String> names = new ArrayList<>(List.of(SEQUENTIAL));
		PAYLOADS.forEach((bytes) -> names.add(payload(bytes)));
		return names;
	}

}
