package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * Accepts the connections of a listening socket on an event loop. When accepting fails,
 * for want of descriptors mostly, it pauses: a loop that tried again at once would spin.
 */
public final class Acceptor implements LoopMember {

	private static final long PAUSE_NANOS = 100_000_000;

	/** So that a storm of connects does not hold up the loop's connections. */
	private static final int BATCH = 64;

	/** For the same reason: a connection can take a tenth of a millisecond. */
	private static final long BATCH_NANOS = 500_000;

	/**
	 * More than a backlog holds; who can still connect, to an abstract name, must not
	 * keep the loop for ever.
	 */
	private static final int LAST_BATCH = 16_384;

	private final EventLoop loop;

	private final UdsServerSocket socket;

	private final Handler handler;

	private @Nullable SelectionKey key;

	private boolean stopped;

	/** Why accepting pauses, or did so last time. */
	private @Nullable Throwable failure;

	Acceptor(EventLoop loop, UdsServerSocket socket, Handler handler) {
		this.loop = loop;
		this.socket = socket;
		this.handler = handler;
	}

	void register() {
		this.loop.members().add(this);
		try {
			this.key = this.socket.register(this.loop.selector(), SelectionKey.OP_ACCEPT, this);
		}
		catch (ClosedSelectorException ex) {
			// the loop has ended: connections are not waited for any more
			this.stopped = true;
		}
		catch (IOException ex) {
			this.failure = ex;
			this.handler.failed(ex);
		}
	}

	@Override
	public void ready(SelectionKey key) {
		if (this.stopped || !key.isValid()) {
			return;
		}
		acceptBatch();
	}

	/** What is left makes the key ready again. */
	private void acceptBatch() {
		long begun = System.nanoTime();
		for (int i = 0; i < BATCH && accept(); i++) {
			if (System.nanoTime() - begun > BATCH_NANOS) {
				return;
			}
		}
	}

	/** Return whether there was a connection, and there may be another one. */
	private boolean accept() {
		try {
			UdsSocket accepted = this.socket.accept();
			this.failure = null;
			if (accepted == null) {
				return false;
			}
			take(accepted);
			return true;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.failure = ex;
			this.handler.failed(ex);
			pause();
			return false;
		}
	}

	/** What fails for one peer is no reason to let the others wait. */
	private void take(UdsSocket accepted) {
		try {
			this.handler.accepted(accepted);
		}
		catch (RuntimeException | Error ex) {
			this.handler.lost(ex);
		}
	}

	private void pause() {
		SelectionKey key = this.key;
		if (key == null || !key.isValid()) {
			return;
		}
		key.interestOps(0);
		this.loop.timers().schedule(PAUSE_NANOS, () -> {
			if (!this.stopped && key.isValid()) {
				key.interestOps(SelectionKey.OP_ACCEPT);
				// also when nobody waits any more: to see whether it works again
				acceptBatch();
			}
		});
	}

	/**
	 * Accept what waits in the backlog, then no more.
	 * @return completes when nothing more will be accepted
	 */
	public CompletableFuture<Void> stopAccepting() {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			if (!this.stopped) {
				for (int i = 0; i < LAST_BATCH && accept();) {
					i++;
				}
				stop();
			}
			done.complete(null);
		});
		return done;
	}

	/**
	 * Look whether connections are accepted now, on the loop, which proves that it lives.
	 * @return completes with what is in the way, or with {@code null}
	 */
	public CompletableFuture<@Nullable String> findObstacle() {
		CompletableFuture<@Nullable String> found = new CompletableFuture<>();
		this.loop.execute(() -> found.complete(obstacle()));
		return found;
	}

	private @Nullable String obstacle() {
		if (this.failure != null) {
			return "Accepting connections fails: " + this.failure;
		}
		boolean listens = !this.stopped && this.key != null && this.key.isValid();
		return listens ? null : "No connections are accepted any more";
	}

	@Override
	public boolean checkClocks(long now) {
		return false;
	}

	@Override
	public void stop() {
		this.stopped = true;
		if (this.key != null) {
			this.key.cancel();
		}
		this.loop.members().remove(this);
	}

	/** Told about accepted connections. */
	public interface Handler {

		/**
		 * Take an accepted connection. Must close it before it throws anything.
		 * @param socket the socket, to be used or closed
		 */
		void accepted(UdsSocket socket);

		/**
		 * Take note that {@link #accepted} has thrown something, and go on with the next.
		 * @param cause the failure
		 */
		void lost(Throwable cause);

		/**
		 * Take note that accepting failed and pauses for 100 ms.
		 * @param cause the failure
		 */
		void failed(Throwable cause);

	}

}
