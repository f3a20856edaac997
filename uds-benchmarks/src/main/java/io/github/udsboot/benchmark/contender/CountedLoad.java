package io.github.udsboot.benchmark.contender;

import java.time.Duration;
import java.util.OptionalDouble;

import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.worker.PeerClient;

/**
 * Waits for the end of a load, and watches meanwhile how much of the processors client
 * and server take: while calls are counted, so that neither the warm-up nor what the
 * compiler of a JVM does in it is part of it.
 */
final class CountedLoad {

	/** The end is not watched, so that no caller is seen leaving. */
	private static final double WATCHED = 0.9;

	private CountedLoad() {
	}

	static LoadResult await(ChildProcess client, ChildProcess server, Load load) {
		throwIfFailed(client.await(load.warmUp(), LoadResult.COUNTING, PeerClient.FAILED));
		OptionalDouble cores = cores(client, server, Duration.ofNanos((long) (load.time().toNanos() * WATCHED)));
		String result = throwIfFailed(client.await(load.time(), LoadResult.RESULT, PeerClient.FAILED));
		return LoadResult.parse(result).withCores(cores.orElse(0));
	}

	private static String throwIfFailed(String line) {
		if (line.startsWith(PeerClient.FAILED)) {
			throw new IllegalStateException(line);
		}
		return line;
	}

	/** How many processors they take, empty where the system does not tell. */
	private static OptionalDouble cores(ChildProcess client, ChildProcess server, Duration time) {
		long begin = System.nanoTime();
		OptionalDouble before = seconds(client, server);
		sleep(time);
		OptionalDouble after = seconds(client, server);
		double elapsed = (System.nanoTime() - begin) / 1e9;
		return (before.isPresent() && after.isPresent() && elapsed > 0)
				? OptionalDouble.of((after.getAsDouble() - before.getAsDouble()) / elapsed) : OptionalDouble.empty();
	}

	private static OptionalDouble seconds(ChildProcess client, ChildProcess server) {
		return client.cpu()
			.flatMap((ofClient) -> server.cpu().map(ofClient::plus))
			.map((cpu) -> OptionalDouble.of(cpu.toNanos() / 1e9))
			.orElse(OptionalDouble.empty());
	}

	private static void sleep(Duration time) {
		try {
			Thread.sleep(time.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while a load runs", ex);
		}
	}

}
