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
 * mostly for lack of descriptors, it pauses: a loop that retried at once would spin.
 */
public final class Acceptor implements LoopMember {

	private static final long PAUSE_NANOS = 100_000_000;

	/**
	 * How many connections are accepted in a row, so that a storm of connects does not
	 * hold up the loop's connections.
	 */
	private static final int BATCH = 64;

	/**
	 * How long connections are accepted in a row, for the same reason: one can take a
	 * tenth of a millisecond.
	 */
	private static final long BATCH_NANOS = 500_000;

	/**
	 * How many connections are accepted at the end: more than a backlog holds, but peers
	 * that can still connect, to an abstract name, must not occupy the loop forever.
	 */
	private static final int LAST_BATCH = 16_384;

	private final EventLoop loop;

	private final UdsServerSocket socket;

	private final Handler handler;

	private @Nullable SelectionKey key;

	private boolean stopped;

	/** Why accepting pauses, or paused last time. */
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
			// the loop has ended: no more connections are awaited
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

	/** Accept some connections; any left make the key ready again. */
	private void acceptBatch() {
		long begun = System.nanoTime();
		for (int i = 0; i < BATCH && accept(); i++) {
			if (System.nanoTime() - begun > BATCH_NANOS) {
				return;
			}
		}
	}

	/**
	 * Accept one connection. Return whether there was one, so that there may be another.
	 */
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

	/** Pass a connection on. A failure for one peer must not keep the others waiting. */
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
				// even if no peer waits any more: to see whether it works again
				acceptBatch();
			}
		});
	}

	/**
	 * Accept what waits in the backlog, then stop accepting.
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
	 * Check whether connections are accepted now. This runs on the loop, and so proves
	 * that it is alive.
	 * @return completes with the obstacle, or with {@code null}
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
		 * Take an accepted connection. Must close it before throwing anything.
		 * @param socket the socket, to use or to close
		 */
		void accepted(UdsSocket socket);

		/**
		 * Note that {@link #accepted} has thrown something; the next connection follows.
		 * @param cause the failure
		 */
		void lost(Throwable cause);

		/**
		 * Note that accepting failed and pauses for 100 ms.
		 * @param cause the failure
		 */
		void failed(Throwable cause);

	}

}
