package io.github.udsboot.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One loop and its connections, with a protocol whose frames are single bytes and whose
 * answers repeat them.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class EventLoopTests {

	private static final Duration OFF = Duration.ZERO;

	private static final ConnectionLimits LIMITS = new ConnectionLimits(1 << 20,
			new ConnectionClocks(OFF, OFF, OFF, OFF), Duration.ZERO);

	@TempDir
	private Path directory;

	private final TransportType type;

	private UdsTransport transport;

	private UdsServerSocket server;

	private EventLoopGroup loops;

	private final BlockingQueue<Closed> closed = new LinkedBlockingQueue<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	EventLoopTests(TransportType type) {
		this.type = type;
	}

	@BeforeEach
	void start() throws IOException {
		UdsAddress address = UdsAddress.of(this.directory.resolve("test.sock"));
		this.transport = UdsTransports.select(this.type, address);
		this.server = this.transport.bind(address, BindOptions.DEFAULTS);
		this.loops = new EventLoopGroup("loop", this.transport, 1, 4, LIMITS);
	}

	@AfterEach
	void stop() {
		this.loops.close();
		this.server.close();
		this.threads.shutdownNow();
	}

	@Test
	void onlyTheOwnerClosesAConnectionThatAnotherThreadFailsToWriteTo() throws Exception {
		AtomicReference<LoopConnection> connection = new AtomicReference<>();
		CountDownLatch asked = new CountDownLatch(1);
		try (SocketChannel peer = connect((from, frame) -> {
			from.beginRequest();
			connection.set(from);
			asked.countDown();
			return true;
		})) {
			send(peer, 1);
			await(asked);
		}
		this.threads.submit(() -> connection.get().answer(answer(1))).get(10, TimeUnit.SECONDS);
		assertThat(nextClosed().thread()).startsWith("loop-");
	}

	@Test
	void onlyTheOwnerClosesAConnectionThatAnotherThreadAbandons() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		AtomicReference<LoopConnection> connection = new AtomicReference<>();
		try (SocketChannel peer = connect((from, frame) -> {
			connection.set(from);
			asked.countDown();
			return true;
		})) {
			send(peer, 1);
			await(asked);
			this.threads.submit(() -> connection.get().abandon(new IOException("expected by the test")))
				.get(10, TimeUnit.SECONDS);
			Closed end = nextClosed();
			assertThat(end.thread()).startsWith("loop-");
			assertThat(end.reason()).isEqualTo(CloseReason.IO_ERROR);
			assertThat(receive(peer)).isEqualTo(-1);
		}
	}

	@Test
	void aThreadThatHasLostTheLoopLeavesItsConnectionsToTheNewOwner() throws Exception {
		// the one that lost finds its peer gone
		CountDownLatch release = new CountDownLatch(1);
		AtomicReference<String> loser = new AtomicReference<>();
		try (SocketChannel other = connect(this::echo)) {
			try (SocketChannel peer = connect((from, frame) -> {
				from.beginRequest();
				boolean owner = from.callOut(() -> {
					loser.set(Thread.currentThread().getName());
					await(release);
				});
				assertThat(owner).isFalse();
				from.answer(answer(frame));
				return owner;
			})) {
				send(peer, 1);
				while (this.loops.handovers() == 0) {
					Thread.onSpinWait();
				}
			}
			release.countDown();
			assertThat(nextClosed().thread()).startsWith("loop-").isNotEqualTo(loser.get());
			send(other, 7);
			assertThat(receive(other)).isEqualTo(7);
		}
	}

	@Test
	void aNewOwnerFirstFlushesWhatWasCorkedBehindTheCallThatLasts() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		try (SocketChannel peer = connect((from, frame) -> {
			if (frame == 2) {
				return from.callOut(() -> await(release));
			}
			if (frame == 3) {
				// the new owner comes here only after it has flushed
				await(received);
			}
			return echo(from, frame);
		})) {
			peer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			assertThat(receive(peer)).isEqualTo(1);
			received.countDown();
			assertThat(receive(peer)).isEqualTo(3);
			release.countDown();
		}
	}

	@Test
	void othersHaveTheirTurnBeforeMoreIsTakenOfAConnectionWhoseCallLasts() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		BlockingQueue<Long> taken = new LinkedBlockingQueue<>();
		try (SocketChannel other = connect((from, frame) -> {
			taken.add(frame);
			return echo(from, frame);
		}); SocketChannel peer = connect((from, frame) -> {
			taken.add(frame);
			if (frame > 2) {
				return echo(from, frame);
			}
			// there before the loop is handed over
			sendAnyway(other, 10 + (int) frame);
			return from.callOut(() -> await(release));
		})) {
			peer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			assertThat(receive(peer)).isEqualTo(3);
			assertThat(taken).containsExactly(1L, 11L, 2L, 12L, 3L);
			release.countDown();
		}
	}

	@Test
	void applicationCodeThatThrowsLeavesTheLoopWithItsOwner() throws Exception {
		List<Boolean> owned = new ArrayList<>();
		try (SocketChannel peer = connect((from, frame) -> {
			from.beginRequest();
			boolean owner = from.callOut(() -> {
				throw new StackOverflowError("expected by the test");
			});
			owned.add(owner);
			// were the turn left odd, the watcher would take the loop away
			owned.add(!LoopTurn.isRunning(from.loop().turn().value()));
			from.corkAnswer(answer(frame));
			return owner;
		})) {
			for (int i = 1; i < 4; i++) {
				send(peer, i);
				assertThat(receive(peer)).isEqualTo(i);
			}
		}
		assertThat(owned).containsOnly(true);
		assertThat(this.loops.handovers()).isZero();
	}

	@Test
	void aHandlerThatThrowsCostsItsOwnConnectionOnly() throws Exception {
		try (SocketChannel other = connect(this::echo); SocketChannel peer = connect((from, frame) -> {
			throw new IllegalStateException("expected by the test");
		})) {
			send(peer, 1);
			assertThat(receive(peer)).isEqualTo(-1);
			assertThat(nextClosed().reason()).isEqualTo(CloseReason.IO_ERROR);
			send(other, 7);
			assertThat(receive(other)).isEqualTo(7);
		}
	}

	@Test
	void aTaskThatThrowsDoesNotEndTheLoop() throws Exception {
		AtomicReference<EventLoop> loop = new AtomicReference<>();
		try (SocketChannel peer = connect((from, frame) -> {
			loop.set(from.loop());
			return echo(from, frame);
		})) {
			send(peer, 1);
			assertThat(receive(peer)).isEqualTo(1);
			loop.get().execute(() -> {
				throw new IllegalStateException("expected by the test");
			});
			loop.get().execute(() -> {
				throw new OutOfMemoryError("expected by the test");
			});
			send(peer, 2);
			assertThat(receive(peer)).isEqualTo(2);
		}
	}

	@Test
	void aLoopEndsWhenItIsStoppedWhileItRunsATask() throws Exception {
		AtomicReference<EventLoop> loop = new AtomicReference<>();
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		try (SocketChannel peer = connect((from, frame) -> {
			loop.set(from.loop());
			return echo(from, frame);
		})) {
			send(peer, 1);
			assertThat(receive(peer)).isEqualTo(1);
			loop.get().execute(() -> {
				running.countDown();
				await(release);
			});
			await(running);
			Thread closer = new Thread(this.loops::close);
			closer.start();
			while (closer.getState() != Thread.State.TIMED_WAITING) {
				Thread.onSpinWait();
			}
			release.countDown();
			assertThat(loop.get().termination().await(4, TimeUnit.SECONDS)).isTrue();
			closer.join();
		}
	}

	@Test
	void aLoopEndsWhateverItIsDoingWhenItIsStopped() throws Exception {
		for (int i = 0; i < 50; i++) {
			EventLoopGroup loops = new EventLoopGroup("loop", this.transport, 1, 4, LIMITS);
			try (SocketChannel peer = connect()) {
				UdsSocket socket = accept();
				loops.add(socket, socket.peerCredentials(), new ByteReader(), handler(this::echo));
				send(peer, 1);
				assertThat(receive(peer)).isEqualTo(1);
				// it has just answered and is about to look for more
				long begun = System.nanoTime();
				loops.close();
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
				assertThat(receive(peer)).isEqualTo(-1);
			}
		}
	}

	@Test
	void aConnectionThatComesWhenTheLoopHasEndedIsClosedAndReported() throws Exception {
		try (SocketChannel peer = connect()) {
			UdsSocket socket = accept();
			this.loops.close();
			this.loops.add(socket, socket.peerCredentials(), new ByteReader(), handler(this::echo));
			assertThat(nextClosed().reason()).isEqualTo(CloseReason.STOPPED);
			assertThat(socket.isOpen()).isFalse();
			assertThat(receive(peer)).isEqualTo(-1);
		}
	}

	@Test
	void anAnswerThatComesWhenTheLoopHasEndedIsDropped() throws Exception {
		AtomicReference<LoopConnection> connection = new AtomicReference<>();
		CountDownLatch asked = new CountDownLatch(1);
		try (SocketChannel peer = connect((from, frame) -> {
			from.beginRequest();
			connection.set(from);
			asked.countDown();
			return true;
		})) {
			send(peer, 1);
			await(asked);
			this.loops.close();
			assertThat(nextClosed().reason()).isEqualTo(CloseReason.STOPPED);
			connection.get().answer(answer(1));
			assertThat(receive(peer)).isEqualTo(-1);
			assertThat(connection.get().inFlight()).isZero();
		}
	}

	@Test
	void aLoopThatNoThreadCanTakeOverIsTakenOverLater() throws Exception {
		AtomicInteger starts = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		HandoverWatcher watcher = new HandoverWatcher();
		BoundedExecutor executor = new BoundedExecutor((task) -> {
			int start = starts.incrementAndGet();
			if (start > 1 && start < 5) {
				throw new OutOfMemoryError("unable to create native thread, expected by the test");
			}
			this.threads.execute(task);
		}, 4);
		EventLoop loop = new EventLoop(this.transport.openSelector(), watcher, executor, LIMITS);
		loop.startOwner();
		watcher.start(List.of(loop));
		try (SocketChannel peer = connect()) {
			UdsSocket socket = accept();
			ConnectionHandler handler = handler(
					(from, frame) -> (frame == 1) ? from.callOut(() -> await(release)) : echo(from, frame));
			LoopConnection connection = new LoopConnection(loop, socket, socket.peerCredentials(), new ByteReader(),
					(self) -> handler, LIMITS, MemoryAccount.UNLIMITED, ThreadShare.unlimited());
			loop.execute(connection::register);
			send(peer, 1);
			send(peer, 2);
			assertThat(receive(peer)).isEqualTo(2);
			assertThat(starts.get()).isGreaterThanOrEqualTo(5);
			release.countDown();
		}
		loop.stop();
		assertThat(loop.termination().await(20, TimeUnit.SECONDS)).isTrue();
		watcher.stop();
	}

	// --- helpers

	private boolean echo(LoopConnection from, long frame) {
		from.beginRequest();
		from.corkAnswer(answer(frame));
		return true;
	}

	private static void sendAnyway(SocketChannel peer, int frame) {
		try {
			send(peer, frame);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private SocketChannel connect(OnFrame onFrame) throws IOException {
		SocketChannel peer = connect();
		UdsSocket socket = accept();
		this.loops.add(socket, socket.peerCredentials(), new ByteReader(), handler(onFrame));
		return peer;
	}

	private SocketChannel connect() throws IOException {
		SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX);
		peer.connect(UnixDomainSocketAddress.of(this.directory.resolve("test.sock")));
		return peer;
	}

	@Test
	void anAcceptorThatFailsSaysSoUntilItWorksAgain() throws Exception {
		AtomicBoolean failing = new AtomicBoolean();
		BlockingQueue<UdsSocket> accepted = new LinkedBlockingQueue<>();
		Acceptor acceptor = this.loops.accept(new FailingServerSocket(this.server, failing), new Acceptor.Handler() {

			@Override
			public void accepted(UdsSocket socket) {
				accepted.add(socket);
			}

			@Override
			public void lost(Throwable cause) {
			}

			@Override
			public void failed(Throwable cause) {
			}

		});
		assertThat(acceptor.findObstacle().get(10, TimeUnit.SECONDS)).isNull();
		failing.set(true);
		try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(this.directory.resolve("test.sock")))) {
			assertThat(peer.isConnected()).isTrue();
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(
						() -> assertThat(acceptor.findObstacle().get(10, TimeUnit.SECONDS)).contains("no descriptors"));
			failing.set(false);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> acceptor.findObstacle().get(10, TimeUnit.SECONDS) == null);
			UdsSocket socket = accepted.poll(10, TimeUnit.SECONDS);
			assertThat(socket).isNotNull();
			socket.close();
		}
		acceptor.stopAccepting().get(10, TimeUnit.SECONDS);
		assertThat(acceptor.findObstacle().get(10, TimeUnit.SECONDS)).isNotNull();
	}

	private UdsSocket accept() throws IOException {
		UdsSocket socket = this.server.accept();
		while (socket == null) {
			Thread.onSpinWait();
			socket = this.server.accept();
		}
		return socket;
	}

	private ConnectionHandler handler(OnFrame onFrame) {
		return new ConnectionHandler() {

			@Override
			public boolean frame(LoopConnection connection, Frame frame) {
				return onFrame.frame(connection, frame.streamId());
			}

			@Override
			public void closed(LoopConnection connection, CloseReason reason, Throwable cause) {
				EventLoopTests.this.closed.add(new Closed(reason, Thread.currentThread().getName()));
			}

		};
	}

	private Closed nextClosed() throws InterruptedException {
		Closed next = this.closed.poll(20, TimeUnit.SECONDS);
		assertThat(next).as("a connection was closed").isNotNull();
		return next;
	}

	private static EncodedFrame answer(long frame) {
		return new EncodedFrame(new byte[] { (byte) frame }, new byte[0]);
	}

	private static void send(SocketChannel peer, int frame) throws IOException {
		peer.write(ByteBuffer.wrap(new byte[] { (byte) frame }));
	}

	private static int receive(SocketChannel peer) throws IOException {
		ByteBuffer in = ByteBuffer.allocate(1);
		return (peer.read(in) < 0) ? -1 : in.get(0);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface OnFrame {

		boolean frame(LoopConnection connection, long frame);

	}

	private record Closed(CloseReason reason, String thread) {

	}

	private static final class ByteReader implements FrameReader {

		@Override
		public Frame read(ByteBuffer in) {
			return in.hasRemaining() ? new InvalidFrame(in.get(), Status.OK, "") : null;
		}

		@Override
		public ByteBuffer target() {
			return null;
		}

		@Override
		public boolean isMidFrame() {
			return false;
		}

	}

	private record FailingServerSocket(UdsServerSocket delegate, AtomicBoolean failing) implements UdsServerSocket {

		@Override
		public UdsAddress address() {
			return this.delegate.address();
		}

		@Override
		public UdsSocket accept() throws IOException {
			if (this.failing.get()) {
				throw new IOException("no descriptors");
			}
			return this.delegate.accept();
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment)
				throws ClosedChannelException {
			return this.delegate.register(selector, operations, attachment);
		}

		@Override
		public AddressState addressState() {
			return this.delegate.addressState();
		}

		@Override
		public void withdraw() {
			this.delegate.withdraw();
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

}
