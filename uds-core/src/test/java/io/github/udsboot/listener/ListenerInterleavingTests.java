package io.github.udsboot.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import io.github.udsboot.connection.Acceptor;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;
import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.memory.MemorySocket;
import io.github.udsboot.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which a listener starts, accepts and stops. The container, its run and
 * its event loop are the real ones; the sockets and the clock are not.
 */
class ListenerInterleavingTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(UdsListenerContainer.class);

	/** Thousands of starts would be told. */
	@BeforeAll
	static void silence() {
		LOGGER.setLevel(Level.WARN);
	}

	@AfterAll
	static void tell() {
		LOGGER.setLevel(null);
	}

	@Test
	void aStopDuringAStartEndsIt() {
		explore(StopAgainstStart.class, 2, UdsListenerContainer.class, ListenerBind.class);
	}

	@Test
	void aStopDuringAStartThatMayWaitEndsIt() {
		explore(StopAgainstStartThatMayWait.class, 2, UdsListenerContainer.class, ListenerBind.class);
	}

	@Test
	void whoConnectsDuringAStopIsServedOrSeesTheEnd() {
		explore(StopAgainstAccept.class, 1, RunningListener.class, AcceptHandler.class, SocketWatchdog.class,
				ListenerDrain.class, Acceptor.class, EventLoopGroup.class);
	}

	private static void explore(Class<? extends Interleaving> scenario, int preemptions, Class<?>... instrumented) {
		assertThat(Interleavings.explore(scenario, preemptions, instrumented)).isGreaterThan(10);
	}

	static class StopAgainstStart extends InterleavedListener {

		StopAgainstStart() {
			this(Duration.ZERO);
		}

		StopAgainstStart(Duration waitForRelease) {
			super(waitForRelease);
		}

		@Override
		public boolean hasStepsInsideLocks() {
			return true;
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::start, this::stop);
		}

		@Override
		public void check() {
			checkWhatWasStarted();
			checkThatNothingIsLeft();
		}

	}

	static class StopAgainstStartThatMayWait extends StopAgainstStart {

		StopAgainstStartThatMayWait() {
			super(Duration.ofHours(1));
		}

	}

	static class StopAgainstAccept extends InterleavedListener {

		private static final EncodedFrame REQUEST = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS)
			.encode(new RequestFrame(1, "/a/B", new byte[0], 0, Map.of(), RequestFrame.Kind.UNARY, false));

		StopAgainstAccept() {
			super(Duration.ZERO);
			start();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::stop, this::call);
		}

		private void call() {
			try (MemorySocket socket = (MemorySocket) new MemoryTransport().connect(this.address)) {
				socket.write(ByteBuffer.wrap(REQUEST.head()));
				socket.write(ByteBuffer.wrap(REQUEST.body()));
				boolean early = !hasBegunToStop();
				Steps.await(() -> socket.available() > 0 || socket.isEnded());
				assertThat(socket.available() > 0 || !early).as("what came before the stop is answered").isTrue();
			}
			catch (ConnectFailedException ex) {
				// the listener is not there any more
			}
			catch (IOException ex) {
				if (!"Broken pipe".equals(ex.getMessage())) {
					throw new UncheckedIOException(ex);
				}
			}
		}

		@Override
		public void check() {
			checkWhatWasStarted();
			checkThatNothingIsLeft();
		}

	}

}
