package io.github.udsboot.connection;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One loop whose connections always have a frame that is ready and takes its time: tasks,
 * timers and the stop have their turns all the same. The frames are single bytes; they
 * come one a read, or as many as there are.
 */
@Timeout(120)
class EventLoopFairnessTests {

	private static final Duration OFF = Duration.ZERO;

	private static final int CONNECTIONS = 40;

	/** All of them together would take far longer than any of these tests waits. */
	private static final int FRAMES = 60_000;

	private static final long NANOS_A_FRAME = 500_000;

	private static final long NANOS_A_QUICK_FRAME = 10_000;

	@TempDir
	private Path directory;

	private EventLoopGroup loops;

	private UdsServerSocket server;

	private final List<SocketChannel> peers = new ArrayList<>();

	private final AtomicLong frames = new AtomicLong();

	/** For each connection, how many frames all others together had taken before. */
	private final Queue<Long> framesBeforeTheFirst = new ConcurrentLinkedQueue<>();

	private volatile long nanosAFrame = NANOS_A_FRAME;

	private EventLoop loop;

	/** A loop that is to end would wait for tasks without end. */
	private volatile boolean over;

	@BeforeEach
	void start() throws IOException {
		UdsAddress address = UdsAddress.of(this.directory.resolve("test.sock"));
		UdsTransport transport = UdsTransports.select(TransportType.JDK, address);
		this.server = transport.bind(address, BindOptions.DEFAULTS);
		this.loops = new EventLoopGroup("loop", transport, 1, 4,
				new ConnectionLimits(1 << 20, new ConnectionClocks(OFF, OFF, OFF, OFF), OFF));
	}

	@AfterEach
	void stop() throws IOException {
		this.over = true;
		this.loops.close();
		this.server.close();
		for (SocketChannel peer : this.peers) {
			peer.close();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE })
	void tasksHaveTheirTurn(int bytesARead) throws Exception {
		saturate(bytesARead);
		CountDownLatch ran = new CountDownLatch(1);
		this.loop.execute(ran::countDown);
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
	}

	/** A whole slice for each would be a hundred frames of each. */
	@Test
	void connectionsDoNotWaitForAWholeSliceOfEachOther() throws Exception {
		this.nanosAFrame = NANOS_A_QUICK_FRAME;
		CountDownLatch complete = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		this.loops.executeAfter(Duration.ZERO, () -> {
			held.countDown();
			awaitQuietly(complete);
		});
		assertThat(held.await(5, TimeUnit.SECONDS)).isTrue();
		connectAll(Integer.MAX_VALUE);
		complete.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.framesBeforeTheFirst.size() == CONNECTIONS);
		assertThat(this.framesBeforeTheFirst).allSatisfy((before) -> assertThat(before).isLessThan(1500));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE })
	void timersHaveTheirTurn(int bytesARead) throws Exception {
		CountDownLatch ran = new CountDownLatch(1);
		this.loops.executeAfter(Duration.ofMillis(300), ran::countDown);
		saturate(bytesARead);
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE })
	void connectionsThatComeHaveTheirTurn(int bytesARead) throws Exception {
		saturate(bytesARead);
		CountDownLatch accepted = new CountDownLatch(1);
		this.loops.accept(this.server, new Acceptor.Handler() {

			@Override
			public void accepted(UdsSocket socket) {
				socket.close();
				accepted.countDown();
			}

			@Override
			public void lost(Throwable cause) {
			}

			@Override
			public void failed(Throwable cause) {
			}

		});
		this.peers.add(connect());
		assertThat(accepted.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE })
	void tasksThatLeaveTasksKeepNobodyWaiting(int bytesARead) throws Exception {
		CountDownLatch ran = new CountDownLatch(1);
		this.loops.executeAfter(Duration.ofMillis(300), ran::countDown);
		saturate(bytesARead);
		forEver();
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		long before = this.frames.get();
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> this.frames.get() > before + CONNECTIONS);
	}

	private void forEver() {
		if (!this.over) {
			this.loop.execute(this::forEver);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE })
	void noFrameIsTakenAfterTheEnd(int bytesARead) throws Exception {
		saturate(bytesARead);
		this.loops.close();
		assertThat(this.loop.termination().getCount()).as("loops that are still at work").isZero();
		long after = this.frames.get();
		// the end itself is what is observed: nothing is left that could take one
		assertThat(this.peers).allSatisfy((peer) -> assertThat(readsTheEnd(peer)).isTrue());
		assertThat(this.frames.get()).isEqualTo(after);
	}

	private static boolean readsTheEnd(SocketChannel peer) {
		try {
			return peer.read(ByteBuffer.allocate(1)) < 0;
		}
		catch (IOException ex) {
			// what it sent was not read
			return true;
		}
	}

	/** Return when all connections have had their first turn. */
	private void saturate(int bytesARead) throws IOException {
		connectAll(bytesARead);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.frames.get() > CONNECTIONS * 2);
	}

	private void connectAll(int bytesARead) throws IOException {
		for (int i = 0; i < CONNECTIONS; i++) {
			SocketChannel peer = connect();
			this.peers.add(peer);
			UdsSocket socket = this.server.accept();
			while (socket == null) {
				Thread.onSpinWait();
				socket = this.server.accept();
			}
			peer.write(ByteBuffer.allocate(FRAMES));
			this.loop = this.loops.add(new SparingSocket(socket, bytesARead), null, new ByteReader(), new BusyHandler())
				.loop();
		}
	}

	private SocketChannel connect() throws IOException {
		return SocketChannel.open(UnixDomainSocketAddress.of(this.directory.resolve("test.sock")));
	}

	/** Takes its time with each frame, not so much that the loop would be handed over. */
	private final class BusyHandler implements ConnectionHandler {

		private boolean begun;

		@Override
		public boolean frame(LoopConnection connection, Frame frame) {
			connection.prove();
			if (!this.begun) {
				this.begun = true;
				EventLoopFairnessTests.this.framesBeforeTheFirst.add(EventLoopFairnessTests.this.frames.get());
			}
			return connection.callOut(() -> {
				long until = System.nanoTime() + EventLoopFairnessTests.this.nanosAFrame;
				while (System.nanoTime() - until < 0) {
					Thread.onSpinWait();
				}
				EventLoopFairnessTests.this.frames.incrementAndGet();
			});
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		}

	}

	private static final class ByteReader implements FrameReader {

		@Override
		public @Nullable Frame read(ByteBuffer in) {
			if (!in.hasRemaining()) {
				return null;
			}
			in.get();
			return new MessageFrame(new byte[0]);
		}

		@Override
		public @Nullable ByteBuffer target() {
			return null;
		}

		@Override
		public boolean isMidFrame() {
			return false;
		}

	}

	/** Gives no more bytes a read than it was told. */
	private record SparingSocket(UdsSocket socket, int bytesARead) implements UdsSocket {

		@Override
		public int read(ByteBuffer target) throws IOException {
			int limit = target.limit();
			target.limit(target.position() + Math.min(target.remaining(), this.bytesARead));
			try {
				return this.socket.read(target);
			}
			finally {
				target.limit(limit);
			}
		}

		@Override
		public int write(ByteBuffer source) throws IOException {
			return this.socket.write(source);
		}

		@Override
		public void shutdownOutput() throws IOException {
			this.socket.shutdownOutput();
		}

		@Override
		public PeerCredentials peerCredentials() throws IOException {
			return this.socket.peerCredentials();
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment)
				throws ClosedChannelException {
			return this.socket.register(selector, operations, attachment);
		}

		@Override
		public boolean isOpen() {
			return this.socket.isOpen();
		}

		@Override
		public void close() {
			this.socket.close();
		}

	}

}
