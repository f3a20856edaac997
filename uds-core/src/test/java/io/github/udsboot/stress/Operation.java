package io.github.udsboot.stress;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

import io.github.udsboot.stress.CallLedger.Kind;
import io.github.udsboot.stress.CallLedger.Outcome;

/**
 * One call, with all that chance has decided about it.
 *
 * @param id tells the call from all others of its round
 * @param kind what is called
 * @param route the route, where the kind leaves a choice
 * @param behaviour what the handler does
 * @param micros how long it takes, in microseconds
 * @param size the size of the payload or of an item
 * @param items how many items are sent
 * @param timeout the time that the call has, {@code null} for the default
 * @param cancelAfter after so many microseconds or items the caller wants no more, -1 for
 * never
 * @param seed of the content
 * @param allowed the outcomes that it may have
 * @param drained whether listeners stop in the round, and never without draining
 */
record Operation(long id, Kind kind, String route, Behaviour behaviour, int micros, int size, int items,
		Duration timeout, int cancelAfter, long seed, Set<Outcome> allowed, boolean drained) {

	/** The id, the behaviour, the time. */
	static final int HEADER = 16;

	private static final String[] ROUTES = { "inline", "auto", "pool", "virtual", "later" };

	/**
	 * Choose an operation.
	 * @param random decides everything
	 * @param id the id
	 * @param disturbances what the round does to it
	 * @return the operation
	 */
	static Operation choose(Random random, long id, Set<Disturbance> disturbances) {
		Kind kind = KINDS[random.nextInt(KINDS.length)];
		String route = ROUTES[random.nextInt(ROUTES.length)];
		Behaviour behaviour = BEHAVIOURS[random.nextInt(BEHAVIOURS.length)];
		int micros = (random.nextInt(20) == 0) ? random.nextInt(40_000) : random.nextInt(2_000);
		boolean stream = STREAMS.contains(kind);
		int size = size(random, stream);
		int items = stream ? 1 + random.nextInt((random.nextInt(10) == 0) ? 1500 : 60) : 1;
		if ((long) size * items > 4 << 20) {
			items = Math.max(1, (4 << 20) / size);
		}
		Duration timeout = (random.nextInt(12) == 0) ? Duration.ofNanos(50_000 + random.nextInt(5_000_000)) : null;
		int cancelAfter = (random.nextInt(12) == 0) ? random.nextInt(stream ? 20 : 2_000) : -1;
		long seed = random.nextLong();
		if (kind == Kind.ONE_WAY || kind == Kind.TYPED || kind == Kind.EXCHANGE || kind == Kind.RAW_EXCHANGE
				|| kind == Kind.SESSION || kind == Kind.BLOCKING) {
			cancelAfter = -1;
		}
		if (kind == Kind.ONE_WAY || kind == Kind.SESSION) {
			timeout = null;
		}
		if (stream || kind == Kind.EXCHANGE || kind == Kind.RAW_EXCHANGE || kind == Kind.SESSION) {
			behaviour = (behaviour == Behaviour.SLEEP
					|| ((behaviour == Behaviour.EARLY || behaviour == Behaviour.UNREAD) && kind == Kind.UPLOAD))
							? behaviour : Behaviour.ECHO;
		}
		else if (behaviour == Behaviour.EARLY || behaviour == Behaviour.UNREAD) {
			behaviour = Behaviour.ECHO;
		}
		return new Operation(id, kind, route, behaviour, micros, size, items, timeout, cancelAfter, seed,
				allowed(kind, behaviour, timeout, cancelAfter, disturbances), isDrained(disturbances));
	}

	private static boolean isDrained(Set<Disturbance> disturbances) {
		return disturbances.contains(Disturbance.RESTART) && !disturbances.contains(Disturbance.FORCED)
				&& !disturbances.contains(Disturbance.CLOSE);
	}

	private static int size(Random random, boolean stream) {
		return switch (random.nextInt(stream ? 30 : 60)) {
			case 0 -> HEADER + random.nextInt((1 << 20) - HEADER);
			case 1, 2 -> HEADER + random.nextInt(300 << 10);
			case 3, 4, 5, 6 -> HEADER + random.nextInt(20_000);
			default -> HEADER + random.nextInt(200);
		};
	}

	private static Set<Outcome> allowed(Kind kind, Behaviour behaviour, Duration timeout, int cancelAfter,
			Set<Disturbance> disturbances) {
		boolean fails = (behaviour == Behaviour.THROW || behaviour == Behaviour.STATUS) && kind != Kind.ONE_WAY;
		Set<Outcome> allowed = EnumSet.of(fails ? Outcome.FAILED : Outcome.OK);
		if (timeout != null) {
			allowed.add(Outcome.DEADLINE);
		}
		if (cancelAfter >= 0 || disturbances.contains(Disturbance.INTERRUPT)) {
			allowed.add(Outcome.CANCELLED);
		}
		boolean retried = kind == Kind.BLOCKING || kind == Kind.ASYNC || kind == Kind.TYPED || kind == Kind.ONE_WAY;
		if (disturbances.contains(Disturbance.RESTART) && (!retried || timeout != null)) {
			// not repeated by themselves, or in no hurry as long as the server is away
			allowed.add(Outcome.UNAVAILABLE);
		}
		if (disturbances.contains(Disturbance.RESTART) && !retried) {
			// the request has crossed the end of a connection that the listener had just
			// accepted
			allowed.add(Outcome.LOST);
		}
		if (disturbances.contains(Disturbance.FORCED)) {
			allowed.addAll(EnumSet.of(Outcome.UNAVAILABLE, Outcome.CUT_OFF, Outcome.LOST));
		}
		if (disturbances.contains(Disturbance.CLOSE)) {
			allowed.addAll(EnumSet.of(Outcome.CANCELLED, Outcome.LOST, Outcome.UNAVAILABLE));
		}
		return allowed;
	}

	/** Return whether a listener that drains has not seen the call if that is lost. */
	boolean isUnseenIfLost() {
		return this.drained && STREAMS.contains(this.kind);
	}

	boolean allows(Outcome outcome) {
		return this.allowed.contains(outcome);
	}

	/** Return the payload, which tells the handler what to do. */
	byte[] payload() {
		byte[] bytes = new byte[this.size];
		new Random(this.seed).nextBytes(bytes);
		ByteBuffer.wrap(bytes).putLong(this.id).putInt(this.behaviour.ordinal()).putInt(this.micros);
		return bytes;
	}

	/** Return the payload of a request for items from the server. */
	byte[] order() {
		return ByteBuffer.allocate(HEADER + 16)
			.putLong(this.id)
			.putInt(this.behaviour.ordinal())
			.putInt(this.micros)
			.putInt(this.items)
			.putInt(this.size)
			.putLong(this.seed)
			.array();
	}

	/** Return an item, which looks like no other. */
	byte[] item(int index) {
		return item(this.id, this.behaviour.ordinal(), this.micros, index, this.size, this.seed);
	}

	static byte[] item(long id, int behaviour, int micros, int index, int size, long seed) {
		byte[] bytes = new byte[Math.max(size, HEADER + 4)];
		byte fill = (byte) (seed + index);
		java.util.Arrays.fill(bytes, fill);
		ByteBuffer.wrap(bytes).putLong(id).putInt(behaviour).putInt(micros).putInt(index);
		return bytes;
	}

	@Override
	public String toString() {
		return this.kind + " " + Long.toHexString(this.id) + " of '" + this.route + "', " + this.behaviour + " "
				+ this.micros + " µs, " + this.items + " x " + this.size + " B, timeout " + this.timeout
				+ ", cancelled after " + this.cancelAfter + ", may end with " + this.allowed;
	}

	private static final Kind[] KINDS = { Kind.BLOCKING, Kind.BLOCKING, Kind.BLOCKING, Kind.ASYNC, Kind.ASYNC,
			Kind.ASYNC, Kind.ONE_WAY, Kind.TYPED, Kind.TYPED, Kind.DOWN, Kind.DOWN_PUBLISHER, Kind.UPLOAD, Kind.TWO_WAY,
			Kind.EXCHANGE, Kind.RAW_EXCHANGE, Kind.SESSION };

	private static final Behaviour[] BEHAVIOURS = { Behaviour.ECHO, Behaviour.ECHO, Behaviour.ECHO, Behaviour.ECHO,
			Behaviour.SLEEP, Behaviour.EARLY, Behaviour.UNREAD, Behaviour.THROW, Behaviour.STATUS };

	private static final Set<Kind> STREAMS = EnumSet.of(Kind.DOWN, Kind.DOWN_PUBLISHER, Kind.UPLOAD, Kind.TWO_WAY);

	/** What a handler does with a request. */
	enum Behaviour {

		/** Answer at once. */
		ECHO,

		/** Answer after a while. */
		SLEEP,

		/** Answer before all items have come. */
		EARLY,

		/** Answer without a look at the items. */
		UNREAD,

		/** Fail with an exception that the server does not know. */
		THROW,

		/** Fail with a status. */
		STATUS

	}

}
