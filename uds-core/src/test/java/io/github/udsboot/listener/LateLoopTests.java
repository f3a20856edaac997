package io.github.udsboot.listener;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.testsupport.AcceptedConnections;
import io.github.udsboot.testsupport.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A clock that runs out while a process, or a machine, is paused closes no connection
 * whose peer was in time.
 */
@Timeout(60)
class LateLoopTests {

	private static final Duration OFF = Duration.ZERO;

	/** Long enough for all to connect. */
	private static final Duration CLOCK = Duration.ofMillis(1500);

	/** More than a loop reads in one go. */
	private static final int MANY = 40;

	private final Admission admission = new Admission("test", "/run/test.sock", PeerAuthorizer.ACCEPT_ALL, null, 1024,
			null);

	@Test
	void aFirstFrameThatCameInTimeIsTaken(@TempDir Path directory) throws Exception {
		try (AcceptedConnections connections = new AcceptedConnections(directory,
				new ConnectionClocks(CLOCK, OFF, OFF, OFF))) {
			LoopConnection silent = connections.connect(this.admission);
			List<LoopConnection> good = connect(connections);
			CountDownLatch busy = connections.occupyLoop();
			send(connections, good);
			passTime();
			busy.countDown();
			Eventually.await("the silent one is closed", silent::isClosed);
			assertThat(silent.closeReason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
			Eventually.await("the others are heard",
					() -> good.stream().allMatch((connection) -> connection.isProven() || connection.isClosed()));
			assertThat(good).noneMatch(LoopConnection::isClosed);
		}
	}

	@Test
	void aConnectionIsNotIdleOnWhichAFrameHasCome(@TempDir Path directory) throws Exception {
		try (AcceptedConnections connections = new AcceptedConnections(directory,
				new ConnectionClocks(OFF, OFF, OFF, CLOCK))) {
			List<LoopConnection> good = connect(connections);
			CountDownLatch busy = connections.occupyLoop();
			send(connections, good);
			passTime();
			busy.countDown();
			Eventually.await("all are heard",
					() -> good.stream().allMatch((connection) -> connection.isProven() || connection.isClosed()));
			assertThat(good).allMatch(LoopConnection::isProven);
		}
	}

	private List<LoopConnection> connect(AcceptedConnections connections) throws Exception {
		List<LoopConnection> good = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			good.add(connections.connect(this.admission));
		}
		connections.awaitLoop();
		return good;
	}

	private static void send(AcceptedConnections connections, List<LoopConnection> all) throws IOException {
		for (LoopConnection connection : all) {
			connections.send(connection);
		}
	}

	private static void passTime() {
		long end = System.nanoTime() + CLOCK.multipliedBy(2).toNanos();
		while (System.nanoTime() - end < 0) {
			LockSupport.parkNanos(end - System.nanoTime());
		}
	}

}
