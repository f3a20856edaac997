package io.github.udsboot.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.Descriptors;
import io.github.udsboot.transport.ConnectFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What every transport does.
 */
@Timeout(60)
public abstract class UdsTransportContractTests {

	private static final long SELECT_MILLIS = 10_000;

	@TempDir
	protected Path directory;

	protected UdsTransport transport;

	private final List<AutoCloseable> resources = new ArrayList<>();

	protected abstract UdsTransport createTransport();

	@BeforeEach
	void createTheTransport() {
		this.transport = createTransport();
	}

	@AfterEach
	void closeEverything() throws Exception {
		Thread.interrupted();
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	protected <T extends AutoCloseable> T closeLater(T resource) {
		this.resources.add(0, resource);
		return resource;
	}

	protected UdsAddress address() {
		return UdsAddress.of(this.directory.resolve("server.sock"));
	}

	protected UdsServerSocket bind(BindOptions options) throws IOException {
		return closeLater(this.transport.bind(address(), options));
	}

	protected UdsServerSocket bind() throws IOException {
		return bind(BindOptions.DEFAULTS);
	}

	protected UdsSocket connect() throws IOException {
		return closeLater(this.transport.connect(address()));
	}

	protected UdsSocket accept(UdsServerSocket server) throws IOException {
		UdsSocket accepted = server.accept();
		assertThat(accepted).isNotNull();
		return closeLater(accepted);
	}

	protected Pair pair() throws IOException {
		UdsServerSocket server = bind();
		return new Pair(connect(), accept(server));
	}

	private Selector openSelector() throws IOException {
		return closeLater(this.transport.openSelector());
	}

	private static ByteBuffer bytes(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
	}

	private static String read(UdsSocket socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
		assertThat(socket.read(buffer)).isPositive();
		return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
	}

	private static int readToTheEnd(UdsSocket socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		int total = 0;
		for (int read = socket.read(buffer); read >= 0; read = socket.read(buffer.clear())) {
			total += read;
			// Lets other virtual threads run; they are not time-sliced
			Thread.yield();
		}
		return total;
	}

	private static int fill(UdsSocket socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		int total = 0;
		for (int written = socket.write(buffer); written > 0; written = socket.write(buffer.clear())) {
			total += written;
		}
		return total;
	}

	@Test
	void connectedSocketsExchangeBytes() throws IOException {
		Pair pair = pair();
		assertThat(pair.client().write(bytes("question"))).isEqualTo(8);
		assertThat(read(pair.server())).isEqualTo("question");
		assertThat(pair.server().write(bytes("answer"))).isEqualTo(6);
		assertThat(read(pair.client())).isEqualTo("answer");
	}

	@Test
	void heapBuffersAreTransferredFromTheirPosition() throws IOException {
		Pair pair = pair();
		ByteBuffer source = ByteBuffer.wrap("--heap--".getBytes(StandardCharsets.UTF_8), 2, 4);
		assertThat(pair.client().write(source)).isEqualTo(4);
		assertThat(source.hasRemaining()).isFalse();
		ByteBuffer target = ByteBuffer.wrap("________".getBytes(StandardCharsets.UTF_8)).position(2).limit(7);
		assertThat(pair.server().read(target)).isEqualTo(4);
		assertThat(target.position()).isEqualTo(6);
		assertThat(target.limit()).isEqualTo(7);
		assertThat(new String(target.array(), StandardCharsets.UTF_8)).isEqualTo("__heap__");
	}

	@Test
	void largeHeapBufferIsWrittenInParts() throws IOException {
		Pair pair = pair();
		ByteBuffer source = ByteBuffer.allocate(3 * 1024 * 1024);
		for (int i = 0; i < source.capacity(); i++) {
			source.put(i, (byte) (i * 31));
		}
		ByteBuffer target = ByteBuffer.allocate(source.capacity());
		while (target.hasRemaining()) {
			if (source.hasRemaining()) {
				pair.client().write(source);
			}
			assertThat(pair.server().read(target)).isPositive();
		}
		assertThat(target.array()).isEqualTo(source.array());
	}

	@Test
	void readReturnsZeroWhenNothingIsThere() throws IOException {
		Pair pair = pair();
		assertThat(pair.client().read(ByteBuffer.allocateDirect(8))).isZero();
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isZero();
	}

	@Test
	void readReachesTheEndAfterTheData() throws IOException {
		Pair pair = pair();
		pair.client().write(bytes("last words"));
		pair.client().close();
		assertThat(read(pair.server())).isEqualTo("last words");
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
	}

	@Test
	void halfClosedSocketStillReceivesTheReply() throws IOException {
		Pair pair = pair();
		pair.client().write(bytes("request"));
		pair.client().shutdownOutput();
		assertThat(read(pair.server())).isEqualTo("request");
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
		pair.server().write(bytes("reply"));
		pair.server().close();
		assertThat(read(pair.client())).isEqualTo("reply");
		assertThat(pair.client().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
	}

	@Test
	void writeToAFullPeerReturnsZeroAndOnlyLaterIsThereRoom() throws IOException {
		Pair pair = pair();
		int written = fill(pair.client());
		Selector selector = openSelector();
		SelectionKey key = pair.client().register(selector, SelectionKey.OP_WRITE, null);
		assertThat(selector.selectNow()).isZero();
		ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
		for (int read = 0; read < written; read += pair.server().read(buffer.clear())) {
			assertThat(read).isNotNegative();
		}
		assertThat(selector.select(SELECT_MILLIS)).isOne();
		assertThat(selector.selectedKeys()).containsExactly(key);
		assertThat(key.isWritable()).isTrue();
		assertThat(pair.client().write(bytes("more"))).isEqualTo(4);
	}

	@Test
	void writeAfterThePeerIsGoneFailsAndWhatItHadSentCanStillBeRead() throws IOException {
		Pair pair = pair();
		pair.server().write(bytes("farewell"));
		pair.server().close();
		assertThatIOException().isThrownBy(() -> pair.client().write(bytes("too late")));
		assertThatIOException().isThrownBy(() -> pair.client().write(bytes("too late")));
		assertThat(pair.client().isOpen()).isTrue();
		assertThat(read(pair.client())).isEqualTo("farewell");
		assertThat(pair.client().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
	}

	@Test
	void resetIsReportedAfterTheBytes() throws IOException {
		Pair pair = pair();
		pair.client().write(bytes("never read"));
		pair.server().write(bytes("farewell"));
		pair.server().close();
		assertThat(read(pair.client())).isEqualTo("farewell");
		assertThatIOException().isThrownBy(() -> pair.client().read(ByteBuffer.allocateDirect(8)))
			.withMessageContaining("reset");
		assertThat(pair.client().isOpen()).isTrue();
	}

	@Test
	void acceptReturnsNullWhenNobodyWaits() throws IOException {
		UdsServerSocket server = bind();
		assertThat(server.accept()).isNull();
		connect();
		assertThat(accept(server)).isNotNull();
		assertThat(server.accept()).isNull();
		assertThat(server.address()).isEqualTo(address());
	}

	@Test
	void selectorWakesForAConnection() throws IOException {
		UdsServerSocket server = bind();
		Selector selector = openSelector();
		SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT, "attached");
		assertThat(selector.selectNow()).isZero();
		CompletableFuture<UdsSocket> connected = CompletableFuture.supplyAsync(() -> call(this::connect));
		assertThat(selector.select(SELECT_MILLIS)).isOne();
		assertThat(selector.selectedKeys()).containsExactly(key);
		assertThat(key.isAcceptable()).isTrue();
		assertThat(key.attachment()).isEqualTo("attached");
		accept(server);
		connected.join();
		selector.selectedKeys().clear();
		assertThat(selector.selectNow()).isZero();
	}

	@Test
	void selectorWakesForDataUntilItIsRead() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, SelectionKey.OP_READ, null);
		CompletableFuture<Integer> written = CompletableFuture
			.supplyAsync(() -> call(() -> pair.client().write(bytes("data"))));
		assertThat(selector.select(SELECT_MILLIS)).isOne();
		assertThat(key.isReadable()).isTrue();
		assertThat(key.isWritable()).isFalse();
		selector.selectedKeys().clear();
		assertThat(selector.select(SELECT_MILLIS)).as("still unread").isOne();
		selector.selectedKeys().clear();
		written.join();
		assertThat(read(pair.server())).isEqualTo("data");
		assertThat(selector.selectNow()).isZero();
	}

	@Test
	void interestOfAKeyCanBeChanged() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, 0, null);
		pair.client().write(bytes("data"));
		assertThat(selector.selectNow()).isZero();
		key.interestOpsOr(SelectionKey.OP_WRITE);
		assertThat(selector.selectNow()).isOne();
		assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
		selector.selectedKeys().clear();
		assertThat(pair.server().register(selector, SelectionKey.OP_READ, "again")).isSameAs(key);
		assertThat(key.attachment()).isEqualTo("again");
		assertThat(selector.selectNow()).isOne();
		assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ);
	}

	@Test
	void cancelledKeyCanBeReplaced() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, SelectionKey.OP_READ, null);
		key.cancel();
		assertThat(key.isValid()).isFalse();
		pair.client().write(bytes("data"));
		assertThat(selector.selectNow()).isZero();
		assertThat(selector.keys()).isEmpty();
		SelectionKey other = pair.server().register(selector, SelectionKey.OP_READ, null);
		assertThat(selector.selectNow()).isOne();
		assertThat(selector.selectedKeys()).containsExactly(other);
	}

	@Test
	void keyOfAClosedSocketIsForgotten() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, SelectionKey.OP_READ, null);
		pair.server().close();
		assertThat(key.isValid()).isFalse();
		assertThat(selector.selectNow()).isZero();
		assertThat(selector.keys()).isEmpty();
		assertThat(pair.client().read(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> pair.server().register(selector, SelectionKey.OP_READ, null));
	}

	@Test
	void allBytesOfAPeerThatHungUpAreReadable() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		pair.server().register(selector, SelectionKey.OP_READ, null);
		int written = fill(pair.client());
		pair.client().close();
		ByteBuffer buffer = ByteBuffer.allocateDirect(10_000);
		int total = 0;
		int read = 0;
		while (read >= 0) {
			total += read;
			assertThat(selector.select(SELECT_MILLIS)).isOne();
			SelectionKey key = selector.selectedKeys().iterator().next();
			assertThat(key.isReadable()).isTrue();
			selector.selectedKeys().clear();
			read = pair.server().read(buffer.clear());
		}
		assertThat(total).isEqualTo(written);
	}

	@Test
	void peerThatHungUpIsNoticedWhenThereIsInterestAgain() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, 0, null);
		pair.client().write(bytes("data"));
		pair.client().close();
		// Several times: a key without interest must neither be selected nor be lost
		for (int i = 0; i < 3; i++) {
			assertThat(selector.selectNow()).isZero();
		}
		long start = System.nanoTime();
		assertThat(selector.select(100)).isZero();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).as("does not spin")
			.isGreaterThan(Duration.ofMillis(80));
		key.interestOps(SelectionKey.OP_READ);
		assertThat(selector.select(SELECT_MILLIS)).isOne();
		assertThat(key.isValid()).isTrue();
		assertThat(key.isReadable()).isTrue();
		assertThat(readToTheEnd(pair.server())).isEqualTo(4);
	}

	/** As far as this system tells, which it does for both transports. */
	@Test
	void peerThatHasGoneIsToldApartFromOneThatHasEndedItsOutput() throws IOException {
		Pair pair = pair();
		Selector selector = openSelector();
		SelectionKey key = pair.server().register(selector, SelectionKey.OP_READ, null);
		assertThat(pair.server().hasPeerGone()).isFalse();
		pair.client().write(bytes("data"));
		pair.client().shutdownOutput();
		assertThat(selector.select(SELECT_MILLIS)).isOne();
		assertThat(pair.server().hasPeerGone()).as("half-closed").isFalse();
		assertThat(readToTheEnd(pair.server())).isEqualTo(4);
		key.interestOps(0);
		selector.selectedKeys().clear();
		selector.selectNow();
		assertThat(pair.server().hasPeerGone()).as("half-closed, and read to the end").isFalse();
		fill(pair.server());
		selector.selectNow();
		assertThat(pair.server().hasPeerGone()).as("half-closed, and it does not read").isFalse();
		pair.client().close();
		selector.selectNow();
		assertThat(pair.server().hasPeerGone()).as("closed").isTrue();
		assertThat(key.isValid()).as("the look changes nothing").isTrue();
		assertThatIOException().isThrownBy(() -> pair.server().write(bytes("more")));
	}

	@Test
	void wakeupEndsTheNextOrTheCurrentSelect() throws Exception {
		Selector selector = openSelector();
		for (int i = 0; i < 1000; i++) {
			selector.wakeup();
		}
		assertThat(selector.select(SELECT_MILLIS)).isZero();
		for (int i = 0; i < 50; i++) {
			CompletableFuture<Void> woken = CompletableFuture.runAsync(selector::wakeup);
			long start = System.nanoTime();
			assertThat(selector.select(SELECT_MILLIS)).isZero();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(SELECT_MILLIS / 2));
			woken.join();
		}
	}

	@Test
	void closedSelectorLetsItsThreadGo() throws Exception {
		Pair pair = pair();
		Selector selector = this.transport.openSelector();
		pair.server().register(selector, SelectionKey.OP_READ, null);
		CountDownLatch running = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			try {
				running.countDown();
				selector.select();
			}
			catch (IOException | RuntimeException ex) {
				// Closed before it began
			}
		});
		thread.start();
		running.await();
		selector.close();
		selector.close();
		assertThat(selector.isOpen()).isFalse();
		thread.join(SELECT_MILLIS);
		assertThat(thread.isAlive()).isFalse();
		pair.client().write(bytes("data"));
		Selector other = openSelector();
		pair.server().register(other, SelectionKey.OP_READ, null);
		assertThat(other.select(SELECT_MILLIS)).isOne();
	}

	@Test
	void closedSocketRefusesEverything() throws IOException {
		Pair pair = pair();
		pair.client().close();
		pair.client().close();
		assertThat(pair.client().isOpen()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> pair.client().read(ByteBuffer.allocateDirect(8)));
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> pair.client().write(ByteBuffer.allocateDirect(8)));
		assertThatIOException().isThrownBy(() -> pair.client().shutdownOutput());
		assertThatIOException().isThrownBy(() -> pair.client().peerCredentials());
	}

	@Test
	void closeByAnotherThreadEndsReadingAndWriting() throws Exception {
		Pair pair = pair();
		UdsSocket socket = pair.server();
		CountDownLatch busy = new CountDownLatch(2);
		CompletableFuture<Throwable> reader = failure(() -> {
			ByteBuffer buffer = ByteBuffer.allocateDirect(8);
			while (true) {
				socket.read(buffer.clear());
				busy.countDown();
			}
		});
		CompletableFuture<Throwable> writer = failure(() -> {
			ByteBuffer buffer = ByteBuffer.allocateDirect(8);
			while (true) {
				socket.write(buffer.clear());
				busy.countDown();
			}
		});
		assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
		socket.close();
		assertThat(reader.get(1, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
		assertThat(writer.get(1, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
		assertThat(pair.client().isOpen()).isTrue();
	}

	@Test
	void closedServerSocketIsGone() throws IOException {
		UdsServerSocket server = bind();
		assertThat(server.addressState()).isEqualTo(UdsServerSocket.AddressState.OURS);
		server.close();
		server.close();
		assertThat(server.addressState()).isEqualTo(UdsServerSocket.AddressState.GONE);
		assertThatIOException().isThrownBy(server::accept);
		assertConnectFails(Reason.NO_SOCKET);
		bind();
		connect();
	}

	@Test
	void userOfThePeerIsKnownOnBothSides() throws IOException {
		Pair pair = pair();
		for (UdsSocket socket : List.of(pair.client(), pair.server())) {
			PeerCredentials peer = socket.peerCredentials();
			assertThat(peer.user()).isEqualTo(Files.getOwner(this.directory));
			assertThat(peer.group()).isEqualTo(
					Files.readAttributes(this.directory, java.nio.file.attribute.PosixFileAttributes.class).group());
		}
	}

	@Test
	void peerIsCalledByItsNames() throws IOException {
		Pair pair = pair();
		for (UdsSocket socket : List.of(pair.client(), pair.server())) {
			PeerCredentials peer = socket.peerCredentials();
			assertThat(peer.user().getName()).isEqualTo(Files.getOwner(this.directory).getName());
			assertThat(peer.group().getName())
				.isEqualTo(Files.readAttributes(this.directory, java.nio.file.attribute.PosixFileAttributes.class)
					.group()
					.getName());
		}
	}

	@Test
	void peerOfAnotherUserIsCalledByItsNames() throws IOException {
		TestUser.assumeRoot();
		UdsServerSocket server = bind(new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 10));
		Path file = Files.createFile(this.directory.resolve("owned"));
		TestUser.giveAway(file);
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		try (ChildJvm child = ChildJvm.startAsNobody()) {
			assertThat(child.ask("connect", "jdk", address())).isEqualTo("connected");
			PeerCredentials peer = accept(server).peerCredentials();
			assertThat(peer.user()).isEqualTo(Files.getOwner(file));
			assertThat(peer.user().getName()).isEqualTo(Files.getOwner(file).getName());
		}
	}

	@Test
	void whatAPeerWroteIsReadBeforeItsReset() throws IOException {
		Pair pair = pair();
		pair.client().write(bytes("unread"));
		pair.server().write(bytes("answer"));
		pair.server().close();
		assertThatIOException().isThrownBy(() -> pair.client().write(bytes("more")));
		assertThat(read(pair.client())).isEqualTo("answer");
		assertThatExceptionOfType(ConnectionResetException.class)
			.isThrownBy(() -> pair.client().read(ByteBuffer.allocateDirect(8)));
	}

	@Test
	void credentialsOutliveThePeer() throws IOException {
		Pair pair = pair();
		pair.client().close();
		assertThat(pair.server().peerCredentials().user()).isEqualTo(Files.getOwner(this.directory));
	}

	@Test
	void interruptedThreadClosesNothing() throws IOException {
		Thread.currentThread().interrupt();
		Pair pair = pair();
		assertThat(pair.client().write(bytes("data"))).isEqualTo(4);
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isEqualTo(4);
		assertThat(pair.server().read(ByteBuffer.allocateDirect(8))).isZero();
		pair.server().peerCredentials();
		assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
		assertThat(pair.client().write(bytes("more"))).isEqualTo(4);
		assertThat(read(pair.server())).isEqualTo("more");
		assertThat(pair.client().isOpen()).isTrue();
		assertThat(pair.server().isOpen()).isTrue();
	}

	@Test
	void interruptsAtAnyMomentLoseNoByte() throws Exception {
		Pair pair = pair();
		int total = 2_000_000;
		AtomicBoolean done = new AtomicBoolean();
		Thread writer = new Thread(() -> call(() -> {
			ByteBuffer buffer = ByteBuffer.allocateDirect(1000);
			for (int sent = 0; sent < total; sent += buffer.position()) {
				buffer.clear().limit(Math.min(buffer.capacity(), total - sent));
				for (int i = 0; i < buffer.limit(); i++) {
					buffer.put(i, (byte) ((sent + i) % 251));
				}
				while (buffer.hasRemaining()) {
					pair.client().write(buffer);
				}
			}
			return total;
		}));
		AtomicReference<Object> result = new AtomicReference<>();
		Thread reader = new Thread(() -> {
			try {
				ByteBuffer buffer = ByteBuffer.allocateDirect(777);
				int received = 0;
				while (received < total && pair.server().read(buffer.clear()) >= 0) {
					buffer.flip();
					while (buffer.hasRemaining()) {
						assertThat(buffer.get()).isEqualTo((byte) (received++ % 251));
					}
				}
				result.set(received);
			}
			catch (Throwable ex) {
				result.set(ex);
			}
			finally {
				done.set(true);
			}
		});
		writer.start();
		reader.start();
		while (!done.get()) {
			writer.interrupt();
			reader.interrupt();
			Thread.onSpinWait();
		}
		assertThat(result.get()).isEqualTo(total);
		writer.join(SELECT_MILLIS);
		assertThat(writer.isAlive()).isFalse();
	}

	@Test
	void virtualThreadsCanDoEverything() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
		int count = 50;
		UdsServerSocket server = bind();
		AtomicInteger echoed = new AtomicInteger();
		CountDownLatch finished = new CountDownLatch(count + 1);
		startVirtualThread(() -> {
			for (int accepted = 0; accepted < count;) {
				UdsSocket socket = call(server::accept);
				if (socket == null) {
					Thread.yield();
					continue;
				}
				accepted++;
				startVirtualThread(() -> call(() -> {
					String question = awaitText(socket);
					socket.write(bytes(question + " " + socket.peerCredentials().user().getName()));
					socket.shutdownOutput();
					return readToTheEnd(socket);
				}));
			}
			finished.countDown();
		});
		for (int i = 0; i < count; i++) {
			String question = "question " + i;
			startVirtualThread(() -> {
				try (UdsSocket socket = call(() -> this.transport.connect(address()))) {
					call(() -> socket.write(bytes(question)));
					if (call(() -> awaitText(socket)).startsWith(question)) {
						echoed.incrementAndGet();
					}
				}
				finally {
					finished.countDown();
				}
			});
		}
		assertThat(finished.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(echoed).hasValue(count);
	}

	@Test
	void virtualThreadCanWakeASelector() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
		Selector selector = openSelector();
		startVirtualThread(selector::wakeup);
		long start = System.nanoTime();
		assertThat(selector.select(SELECT_MILLIS)).isZero();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(SELECT_MILLIS / 2));
	}

	@Test
	void connectFailsWhereNothingIs() {
		assertConnectFails(Reason.NO_SOCKET);
	}

	@Test
	void connectFailsWhereNobodyListens() throws IOException {
		try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.bind(UnixDomainSocketAddress.of(address().path()));
		}
		assertConnectFails(Reason.NOT_LISTENING);
	}

	@Test
	void connectFailsAtARegularFile() throws IOException {
		Files.writeString(address().path(), "text");
		assertConnectFails(Reason.NOT_A_SOCKET);
	}

	@Test
	void connectFailsAtADatagramSocket() throws IOException {
		try (AFUNIXDatagramSocket socket = AFUNIXDatagramSocket.newInstance()) {
			socket.bind(AFUNIXSocketAddress.of(address().path()));
			assertConnectFails(Reason.NOT_A_SOCKET);
		}
	}

	@Test
	void connectFailsBelowAFile() throws IOException {
		Files.writeString(this.directory.resolve("server.sock"), "text");
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(
					() -> this.transport.connect(UdsAddress.of(this.directory.resolve("server.sock").resolve("below"))))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NO_SOCKET));
	}

	@Test
	void connectIsRefusedByTheMode() throws IOException {
		TestUser.assumeRoot();
		bind();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		try (ChildJvm child = ChildJvm.startAsNobody()) {
			assertThat(child.ask("connect", this.transport.name(), address()))
				.startsWith(Reason.ACCESS_DENIED + " Cannot connect to '" + address() + "'");
			Files.setPosixFilePermissions(address().path(), PosixFilePermissions.fromString("rw-rw-rw-"));
			assertThat(child.ask("connect", this.transport.name(), address())).isEqualTo("connected");
			Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
			assertThat(child.ask("connect", this.transport.name(), address()))
				.startsWith(Reason.ACCESS_DENIED + " Cannot connect to '" + address() + "'");
		}
	}

	@Test
	void fullBacklogIsReportedAndPasses() throws IOException {
		UdsServerSocket server = bind(new BindOptions(BindOptions.DEFAULTS.permissions(), null, 2));
		List<UdsSocket> waiting = new ArrayList<>();
		ConnectFailedException failure = null;
		while (failure == null && waiting.size() < 100) {
			try {
				waiting.add(connect());
			}
			catch (ConnectFailedException ex) {
				failure = ex;
			}
		}
		assertThat(failure).isNotNull();
		assertThat(failure.reason()).isEqualTo(Reason.BACKLOG_FULL);
		assertThat(failure.reason().isTransient()).isTrue();
		assertThat(failure).hasMessageContaining(address().toString());
		assertThat(waiting).hasSize(3);
		waiting.get(0).write(bytes("waited"));
		assertThat(read(accept(server))).isEqualTo("waited");
		connect();
	}

	@Test
	void manyConnectionsKeepTheirBytesApart() throws IOException {
		UdsServerSocket server = bind();
		List<Pair> pairs = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			pairs.add(new Pair(connect(), accept(server)));
		}
		for (int i = 0; i < pairs.size(); i++) {
			pairs.get(i).client().write(bytes("from " + i));
		}
		for (int i = 0; i < pairs.size(); i++) {
			assertThat(read(pairs.get(i).server())).isEqualTo("from " + i);
		}
	}

	@Test
	void descriptorsReturnToTheBaseLine() throws IOException {
		openAndCloseEverything();
		long before = Descriptors.count();
		for (int i = 0; i < 200; i++) {
			openAndCloseEverything();
		}
		Awaitility.await().untilAsserted(() -> assertThat(Descriptors.count()).isLessThan(before + 10));
	}

	private void openAndCloseEverything() throws IOException {
		try (UdsServerSocket server = this.transport.bind(address(), BindOptions.DEFAULTS);
				Selector selector = this.transport.openSelector();
				UdsSocket client = this.transport.connect(address())) {
			UdsSocket accepted = server.accept();
			client.register(selector, SelectionKey.OP_READ, null);
			accepted.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE, null);
			server.register(selector, SelectionKey.OP_ACCEPT, null);
			client.write(bytes("data"));
			assertThat(selector.selectNow()).isPositive();
			accepted.close();
		}
		assertConnectFails(Reason.NO_SOCKET);
	}

	protected void assertConnectFails(Reason reason) {
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(address()))
			.withMessageContaining(address().toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
	}

	private static String awaitText(UdsSocket socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
		while (socket.read(buffer) == 0) {
			Thread.yield();
		}
		return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
	}

	private static void startVirtualThread(Runnable task) {
		try {
			Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CompletableFuture<Throwable> failure(IoTask task) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				task.run();
				return null;
			}
			catch (Throwable ex) {
				return ex;
			}
		});
	}

	private static <T> T call(IoCall<T> call) {
		try {
			return call.run();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	protected record Pair(UdsSocket client, UdsSocket server) {

	}

	@FunctionalInterface
	private interface IoCall<T> {

		T run() throws IOException;

	}

	@FunctionalInterface
	private interface IoTask {

		void run() throws IOException;

	}

}
