package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.util.LinkedHashSet;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * Connections whose peers are yet to be told that they are refused, and why. A peer is
 * told when it has sent something, which is not looked at: one told earlier may not be
 * listening yet, and one whose connection is closed earlier may fail while it sends. A
 * silent peer is told after a second. Then it has a moment to hang up first: Go's ttrpc
 * client, for one, chooses at random between an answer and the end of the connection when
 * it finds both. The number of waiting connections is limited; beyond it, the oldest is
 * told and closed at once. Belongs to the loop's owner.
 */
final class RefusedConnections {

	private static final Log logger = GuardedLog.of(RefusedConnections.class);

	private static final long PATIENCE_NANOS = 1_000_000_000;

	/** How long a peer that was told may take to hang up first. */
	private static final long LINGER_NANOS = 100_000_000;

	/** How often unwanted bytes are read from the socket before it closes. */
	private static final int READS_BEFORE_CLOSE = 16;

	private final EventLoop loop;

	private final Set<Refused> waiting = new LinkedHashSet<>();

	RefusedConnections(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Refuse a connection.
	 * @param socket the socket, which will be closed
	 * @param reason what the peer is told
	 * @param capacity the number of connections that may wait
	 */
	void add(UdsSocket socket, EncodedFrame reason, int capacity) {
		Refused refused = new Refused(socket, reason);
		if (!refused.register()) {
			return;
		}
		this.waiting.add(refused);
		if (this.waiting.size() > capacity) {
			this.waiting.iterator().next().stop();
		}
	}

	private final class Refused implements LoopMember {

		private final UdsSocket socket;

		private final EncodedFrame reason;

		private @Nullable SelectionKey key;

		private @Nullable LoopTimer timer;

		private boolean told;

		private boolean closed;

		private int reads;

		private Refused(UdsSocket socket, EncodedFrame reason) {
			this.socket = socket;
			this.reason = reason;
		}

		/** Return whether the connection is still open. */
		private boolean register() {
			EventLoop loop = RefusedConnections.this.loop;
			loop.members().add(this);
			try {
				this.key = this.socket.register(loop.selector(), SelectionKey.OP_READ, this);
				this.timer = loop.timers().schedule(PATIENCE_NANOS, this::tell);
			}
			catch (IOException | ClosedSelectorException ex) {
				stop();
			}
			catch (RuntimeException | Error ex) {
				// otherwise the loop would keep a connection that it hears nothing from
				Failures.log("A connection that is refused is closed after a failure", ex);
				stop();
			}
			return !this.closed;
		}

		@Override
		public void ready(SelectionKey key) {
			tell();
			if (!this.closed && !discard()) {
				close();
			}
		}

		private void tell() {
			if (this.told) {
				return;
			}
			this.told = true;
			EventLoop loop = RefusedConnections.this.loop;
			if (this.timer != null) {
				loop.timers().cancel(this.timer);
			}
			try {
				write(this.reason.head());
				write(this.reason.body());
				this.timer = loop.timers().schedule(LINGER_NANOS, this::close);
			}
			catch (IOException ex) {
				logger.trace("A peer that is refused has gone", ex);
				close();
			}
			catch (RuntimeException | Error ex) {
				Failures.log("A peer cannot be told that it is refused", ex);
				close();
			}
		}

		/** Write the refusal, which an empty socket takes at once. */
		private void write(byte[] bytes) throws IOException {
			if (bytes.length > 0) {
				this.socket.write(ByteBuffer.wrap(bytes));
			}
		}

		/**
		 * Discard what is unread, as closing would otherwise look like a failure to the
		 * peer.
		 * @return whether the peer may still send
		 */
		private boolean discard() {
			ByteBuffer unseen = RefusedConnections.this.loop.readBuffer();
			try {
				int read = 1;
				while (read > 0 && this.reads < READS_BEFORE_CLOSE) {
					this.reads++;
					read = this.socket.read(unseen.clear());
				}
				return read == 0 && this.reads < READS_BEFORE_CLOSE;
			}
			catch (IOException ex) {
				logger.trace("A peer that is refused has gone", ex);
				return false;
			}
		}

		private void close() {
			if (this.closed) {
				return;
			}
			this.closed = true;
			EventLoop loop = RefusedConnections.this.loop;
			RefusedConnections.this.waiting.remove(this);
			loop.members().remove(this);
			if (this.timer != null) {
				loop.timers().cancel(this.timer);
			}
			if (this.key != null) {
				this.key.cancel();
			}
			this.socket.close();
		}

		@Override
		public boolean checkClocks(long now) {
			return false;
		}

		@Override
		public void stop() {
			tell();
			close();
		}

	}

}
