package io.github.udsboot.stress;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import io.github.udsboot.transport.TransportType;

/**
 * What a round is made of, all of it decided by the seed.
 *
 * @param number the number of the round, from 0 on
 * @param seed decides about its calls
 * @param transport the transport of both sides
 * @param disturbances what is done to the calls
 * @param virtual whether the callers are virtual threads
 * @param clients how many clients there are
 * @param callers how many callers each client has
 * @param maxConnections the connections of each client
 * @param maxInFlight its calls in flight for each connection
 * @param eventLoops the event loops of each listener
 * @param busyPoll how long either side polls, {@code null} for the default
 * @param unreliable whether what is told about calls throws, and what runs callbacks
 * takes none now and then
 * @param intercepted whether interceptors are around the calls
 * @param applicationPool whether the application has an executor for handlers
 */
record RoundPlan(int number, long seed, TransportType transport, Set<Disturbance> disturbances, boolean virtual,
		int clients, int callers, int maxConnections, int maxInFlight, int eventLoops, Duration busyPoll,
		boolean unreliable, boolean intercepted, boolean applicationPool) {

	static final int MAX_STREAMS = 32;

	private static final List<Set<Disturbance>> DISTURBANCES = List.of(EnumSet.noneOf(Disturbance.class),
			EnumSet.of(Disturbance.PEERS), EnumSet.of(Disturbance.RESTART),
			EnumSet.of(Disturbance.FORCED, Disturbance.PEERS), EnumSet.of(Disturbance.INTERRUPT),
			EnumSet.of(Disturbance.CLOSE, Disturbance.RESTART), EnumSet.allOf(Disturbance.class));

	/** Return how many rounds it takes to see all disturbances on one transport. */
	static int kinds() {
		return DISTURBANCES.size();
	}

	static RoundPlan of(long seed, int number, List<TransportType> transports) {
		Random random = new Random(seed * 31 + number);
		TransportType transport = transports.get(number % transports.size());
		Set<Disturbance> disturbances = DISTURBANCES.get((number / transports.size()) % DISTURBANCES.size());
		boolean virtual = random.nextBoolean() && Threads.hasVirtual();
		return new RoundPlan(number, random.nextLong(), transport, disturbances, virtual, 2 + random.nextInt(2),
				4 + random.nextInt(5), 1 + random.nextInt(2), List.of(2, 16, 64).get(random.nextInt(3)),
				1 + random.nextInt(2), random.nextBoolean() ? Duration.ZERO : null, random.nextInt(3) == 0,
				random.nextInt(3) == 0, random.nextBoolean());
	}

}
