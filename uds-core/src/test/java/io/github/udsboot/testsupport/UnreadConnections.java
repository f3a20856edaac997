package io.github.udsboot.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Connections that an event loop does not get round to reading by itself: the selector
 * never says that there is something, though there may be.
 */
public final class UnreadConnections implements AutoCloseable {

	private static final FrameLimits LIMITS = new FrameLimits(4 << 20, 8 << 10, 64, 255);

	private final UdsTransport transport = UdsTransports.select(TransportType.JDK,
			UdsAddress.of(Path.of("unused.sock")));

	private final Admission admission;

	private final EventLoopGroup loops;

	private final AtomicInteger evicted = new AtomicInteger();

	public UnreadConnections(Admission admission) throws IOException {
		this(admission, new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
	}

	public UnreadConnections(Admission admission, ConnectionClocks clocks) throws IOException {
		this.admission = admission;
		this.loops = new EventLoopGroup("unread", this.transport, 1, 1,
				new ConnectionLimits(1 << 20, clocks, Duration.ZERO));
	}

	/** Connect a peer, in whose socket these bytes are. */
	public Peer connect(PeerCredentials credentials, byte... bytes) throws IOException {
		Peer peer = new Peer(bytes);
		LoopConnection connection = this.loops.add(peer, credentials,
				new TtrpcProtocol().newReader(Side.SERVER, LIMITS), peer.handler);
		this.admission.expectFirstFrame(connection);
		return peer;
	}

	public void awaitEvicted(int count) {
		Eventually.await(count + " have given way, not " + this.evicted, () -> this.evicted.get() >= count);
		// and after all that the loop was given before
		AtomicInteger done = new AtomicInteger();
		this.loops.execute(() -> this.loops.execute(done::incrementAndGet));
		Eventually.await("the loop has got round", () -> done.get() == 1);
		if (this.evicted.get() != count) {
			throw new AssertionError(this.evicted + " have given way, and not " + count);
		}
	}

	@Override
	public void close() {
		this.loops.close();
	}

	/** The peer's end, scripted. */
	public final class Peer implements UdsSocket {

		private final ByteBuffer bytes;

		private final Pipe pipe;

		private volatile boolean proven;

		private volatile @Nullable CloseReason closeReason;

		private final ConnectionHandler handler = new ConnectionHandler() {

			@Override
			public boolean frame(LoopConnection connection, Frame frame) {
				if (connection.prove()) {
					Peer.this.proven = true;
					UnreadConnections.this.admission.proven(connection);
				}
				return true;
			}

			@Override
			public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
				Peer.this.closeReason = reason;
				if (reason == CloseReason.EVICTED) {
					UnreadConnections.this.evicted.incrementAndGet();
				}
			}

		};

		private Peer(byte[] bytes) throws IOException {
			this.bytes = ByteBuffer.wrap(bytes);
			this.pipe = Pipe.open();
			this.pipe.source().configureBlocking(false);
		}

		public boolean isProven() {
			return this.proven;
		}

		public @Nullable CloseReason closeReason() {
			return this.closeReason;
		}

		@Override
		public int read(ByteBuffer target) {
			int count = Math.min(target.remaining(), this.bytes.remaining());
			target.put(this.bytes.slice().limit(count));
			this.bytes.position(this.bytes.position() + count);
			return count;
		}

		@Override
		public int write(ByteBuffer source) {
			int count = source.remaining();
			source.position(source.limit());
			return count;
		}

		@Override
		public void shutdownOutput() {
			// nothing to end
		}

		@Override
		public PeerCredentials peerCredentials() {
			throw new UnsupportedOperationException();
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment) {
			try {
				return this.pipe.source().register(selector, operations, attachment);
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public boolean isOpen() {
			return this.pipe.source().isOpen();
		}

		@Override
		public void close() {
			try {
				this.pipe.source().close();
				this.pipe.sink().close();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

	}

}
