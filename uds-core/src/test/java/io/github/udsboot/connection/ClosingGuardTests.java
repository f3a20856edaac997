package io.github.udsboot.connection;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.testsupport.FakeSocket;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What cannot be closed keeps nothing else open, and a connection is counted out.
 */
@Timeout(60)
class ClosingGuardTests {

	private static final Duration OFF = Duration.ZERO;

	private static final ConnectionLimits LIMITS = new ConnectionLimits(1 << 20,
			new ConnectionClocks(OFF, OFF, OFF, OFF), OFF);

	@TempDir
	private Path directory;

	@Test
	void aConnectionWhoseSocketCannotBeClosedIsCountedOut() throws Exception {
		closeWith(false);
	}

	@Test
	void aConnectionWhoseKeyCannotBeCancelledIsClosedAndCountedOut() throws Exception {
		closeWith(true);
	}

	private void closeWith(boolean key) throws Exception {
		UdsAddress address = UdsAddress.of(this.directory.resolve("test.sock"));
		UdsTransport transport = UdsTransports.select(TransportType.JDK, address);
		BlockingQueue<CloseReason> told = new LinkedBlockingQueue<>();
		try (UdsServerSocket server = transport.bind(address, BindOptions.DEFAULTS);
				EventLoopGroup loops = new EventLoopGroup("loop", transport, 1, 4, LIMITS);
				SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(address.path()))) {
			UdsSocket accepted = server.accept();
			assertThat(accepted).isNotNull();
			BrokenSocket socket = new BrokenSocket(accepted, key);
			LoopConnection connection = loops.add(socket, null, mock(FrameReader.class), new ConnectionHandler() {

				@Override
				public boolean frame(LoopConnection connection, Frame frame) {
					return true;
				}

				@Override
				public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
					told.add(reason);
				}

			});
			connection.closeSoon(CloseReason.IDLE);
			assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(CloseReason.IDLE);
			Awaitility.await().until(() -> connection.loop().load() == 0);
			assertThat(peer.read(ByteBuffer.allocate(1))).as("the end").isEqualTo(-1);
		}
		assertThat(told).as("told once").isEmpty();
	}

	@Test
	void selectorsThatWereOpenedAreClosedWhenAnotherCannotBe() throws Exception {
		Selector broken = new BrokenSelector();
		Selector good = Selector.open();
		Queue<Selector> selectors = new ArrayDeque<>(List.of(broken, good));
		UdsTransport transport = mock(UdsTransport.class);
		given(transport.openSelector()).willAnswer((invocation) -> {
			Selector next = selectors.poll();
			if (next == null) {
				throw new IOException("Too many open files, expected by the test");
			}
			return next;
		});
		assertThatIOException().isThrownBy(() -> new EventLoopGroup("loop", transport, 3, 4, LIMITS))
			.withMessageContaining("Too many open files");
		assertThat(good.isOpen()).isFalse();
	}

	private static final class BrokenSelector extends AbstractSelector {

		private BrokenSelector() {
			super(SelectorProvider.provider());
		}

		@Override
		protected void implCloseSelector() throws IOException {
			throw new IOException("expected by the test");
		}

		@Override
		protected SelectionKey register(AbstractSelectableChannel channel, int operations, Object attachment) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Set<SelectionKey> keys() {
			return Set.of();
		}

		@Override
		public Set<SelectionKey> selectedKeys() {
			return Set.of();
		}

		@Override
		public int selectNow() {
			return 0;
		}

		@Override
		public int select(long timeout) {
			return 0;
		}

		@Override
		public int select() {
			return 0;
		}

		@Override
		public Selector wakeup() {
			return this;
		}

	}

	/** Does what it is told and then fails. */
	private static final class BrokenSocket extends FakeSocket {

		private final UdsSocket socket;

		private final boolean key;

		private BrokenSocket(UdsSocket socket, boolean key) {
			this.socket = socket;
			this.key = key;
		}

		@Override
		public int read(ByteBuffer target) {
			return 0;
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment) {
			try {
				SelectionKey registered = this.socket.register(selector, operations, attachment);
				return this.key ? new BrokenKey(registered) : registered;
			}
			catch (ClosedChannelException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void close() {
			this.socket.close();
			if (!this.key) {
				throw new AssertionError("expected by the test");
			}
		}

	}

	private static final class BrokenKey extends SelectionKey {

		private final SelectionKey key;

		private BrokenKey(SelectionKey key) {
			this.key = key;
		}

		@Override
		public SelectableChannel channel() {
			return this.key.channel();
		}

		@Override
		public Selector selector() {
			return this.key.selector();
		}

		@Override
		public boolean isValid() {
			return this.key.isValid();
		}

		@Override
		public void cancel() {
			throw new AssertionError("expected by the test");
		}

		@Override
		public int interestOps() {
			return this.key.interestOps();
		}

		@Override
		public SelectionKey interestOps(int operations) {
			this.key.interestOps(operations);
			return this;
		}

		@Override
		public int readyOps() {
			return this.key.readyOps();
		}

	}

}
