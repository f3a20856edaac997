package io.github.udsboot.benchmark.load;

import java.time.Duration;

/**
 * A load of echo calls, or one stream of items. With a depth of one, each caller waits
 * for its answer before it calls again; with a larger one, that many calls are in flight
 * without a caller that waits.
 *
 * @param kind what is counted
 * @param payload the size of the payload, or of an item, in bytes
 * @param callers how many callers there are
 * @param depth how many calls are in flight for each of them
 * @param connections over how many connections, 0 for as many as the contender uses by
 * itself
 * @param virtual whether callers run on virtual threads
 * @param slow whether one call in a hundred lasts 10 ms
 * @param warmUp for how long to call without counting
 * @param time for how long to count
 */
public record Load(Kind kind, int payload, int callers, int depth, int connections, boolean virtual, boolean slow,
		Duration warmUp, Duration time) {

	/** Of so many calls of a load with slow ones, one is slow. */
	public static final int SLOW_EVERY = 100;

	/** How long a slow call lasts in the handler. */
	public static final Duration SLOW_CALL = Duration.ofMillis(10);

	/**
	 * Return a load of callers that wait for their answers.
	 * @param payload the size of the payload in bytes
	 * @param callers how many callers there are
	 * @return the load, with no times
	 */
	public static Load ofCallers(int payload, int callers) {
		return new Load(Kind.CALLS, payload, callers, 1, 0, false, false, Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Return a load of one stream.
	 * @param kind which way items go
	 * @param item the size of an item in bytes
	 * @return the load, with no times
	 */
	public static Load ofItems(Kind kind, int item) {
		return new Load(kind, item, 1, 1, 0, false, false, Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Return this load on virtual threads.
	 * @return the load
	 */
	public Load onVirtualThreads() {
		return new Load(this.kind, this.payload, this.callers, this.depth, this.connections, true, this.slow,
				this.warmUp, this.time);
	}

	/**
	 * Return this load with slow calls.
	 * @return the load
	 */
	public Load withSlowCalls() {
		return new Load(this.kind, this.payload, this.callers, this.depth, this.connections, this.virtual, true,
				this.warmUp, this.time);
	}

	/**
	 * Return this load over a number of connections.
	 * @param connections the number
	 * @return the load
	 */
	public Load over(int connections) {
		return new Load(this.kind, this.payload, this.callers, this.depth, connections, this.virtual, this.slow,
				this.warmUp, this.time);
	}

	/**
	 * Return this load without callers that wait.
	 * @param depth how many calls are in flight for each caller
	 * @return the load
	 */
	public Load inFlight(int depth) {
		return new Load(this.kind, this.payload, this.callers, depth, this.connections, this.virtual, this.slow,
				this.warmUp, this.time);
	}

	/**
	 * Return this load for a time.
	 * @param warmUp for how long to call without counting
	 * @param time for how long to count
	 * @return the load
	 */
	public Load lasting(Duration warmUp, Duration time) {
		return new Load(this.kind, this.payload, this.callers, this.depth, this.connections, this.virtual, this.slow,
				warmUp, time);
	}

	/**
	 * Return how many calls are under way at once.
	 * @return the number
	 */
	public int underWay() {
		return this.callers * this.depth;
	}

	/**
	 * Read what {@link #toString()} wrote.
	 * @param line the line
	 * @return the load
	 */
	public static Load parse(String line) {
		Words words = new Words(line);
		return new Load(words.kind(), (int) words.number("payload", 64), (int) words.number("callers", 1),
				(int) words.number("depth", 1), (int) words.number("connections", 0), words.flag("virtual"),
				words.flag("slow"), Duration.ofMillis(words.number("warmup", 0)),
				Duration.ofMillis(words.number("time", 0)));
	}

	@Override
	public String toString() {
		// the programs in other languages know calls only
		String items = (this.kind == Kind.CALLS) ? "" : "kind=" + this.kind + " ";
		return items + "payload=" + this.payload + " callers=" + this.callers + " depth=" + this.depth + " connections="
				+ this.connections + " virtual=" + this.virtual + " slow=" + this.slow + " warmup="
				+ this.warmUp.toMillis() + " time=" + this.time.toMillis();
	}

	/**
	 * What a load consists of.
	 */
	public enum Kind {

		/** Calls with one answer each. */
		CALLS,

		/** The items of one answer that does not end. */
		SERVER_STREAM,

		/** The items of one request that ends with the load. */
		UPLOAD

	}

}
