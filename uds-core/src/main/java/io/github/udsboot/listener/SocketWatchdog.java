package io.github.udsboot.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.Acceptor;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.UdsServerSocket;

/**
 * Keeps a listener reachable: accepts on its socket, looks at the socket file again and
 * again, and binds a new one when the file is gone. Its thread is not a daemon, so that
 * an application that only serves stays alive.
 */
final class SocketWatchdog {

	private static final Log logger = ListenerLog.LOG;

	private static final int ACCEPT_BACKLOG_SECONDS = 2;

	private final UdsListenerOptions options;

	private final Function<UdsServerSocket, Acceptor> accept;

	private final CountDownLatch ended = new CountDownLatch(1);

	/** Written with the monitor, as the two fields below. */
	private volatile State state = State.RUNNING;

	private volatile UdsServerSocket server;

	private volatile Acceptor acceptor;

	/** Guarded by the monitor, as the fields below: no socket is bound any more. */
	private boolean withdrawn;

	/** What was told of the last attempt to bind again. */
	private @Nullable String bindFailure;

	private final RareLooks looks = new RareLooks();

	/**
	 * Create an instance, and accept connections.
	 * @param server the socket
	 * @param accept begins to accept the connections of a socket
	 */
	SocketWatchdog(UdsListenerOptions options, UdsServerSocket server, Function<UdsServerSocket, Acceptor> accept) {
		this.options = options;
		this.server = server;
		this.accept = accept;
		this.acceptor = accept.apply(server);
	}

	void start() {
		Thread watchdog = new Thread(this::watch, "uds-" + this.options.getName() + "-watchdog");
		watchdog.setDaemon(false);
		watchdog.start();
	}

	private void watch() {
		boolean done = false;
		while (!done) {
			try {
				done = this.ended.await(Nanos.of(this.options.getWatchInterval()), TimeUnit.NANOSECONDS);
				if (!done) {
					checkAddress();
				}
			}
			catch (InterruptedException ex) {
				// only the latch ends this thread
			}
			catch (RuntimeException | Error ex) {
				logger.error("The socket file of listener '" + this.options.getName() + "' cannot be watched now", ex);
			}
		}
	}

	private synchronized void checkAddress() {
		if (this.withdrawn) {
			return;
		}
		switch (this.server.addressState()) {
			case OURS -> becomeRunning();
			case GONE -> rebind("was removed");
			case FOREIGN -> foreign();
		}
	}

	private void foreign() {
		if (this.looks.isDue() && this.server.isReplaceable()) {
			rebind("was replaced by a socket on which no server listens");
		}
		else if (this.state != State.ADDRESS_FOREIGN) {
			this.state = State.ADDRESS_FOREIGN;
			logger.error("Another file stands at '" + this.server.address() + "', where the socket of listener '"
					+ this.options.getName()
					+ "' was: no client can connect. The file is left alone; remove it, or restart");
		}
	}

	private void becomeRunning() {
		this.state = State.RUNNING;
		this.bindFailure = null;
		this.looks.reset();
	}

	private void rebind(String what) {
		if (this.bindFailure == null) {
			this.state = State.ADDRESS_GONE;
			logger.warn("The socket file '" + this.server.address() + "' of listener '" + this.options.getName() + "' "
					+ what + "; binding it again");
		}
		try {
			UdsServerSocket old = this.server;
			Acceptor oldAcceptor = this.acceptor;
			this.server = old.rebind(this.options.getBindOptions().withWaitForRelease(Duration.ZERO));
			this.acceptor = this.accept.apply(this.server);
			becomeRunning();
			logger.info("Listener '" + this.options.getName() + "' is bound to '" + this.server.address() + "' again");
			// those in the backlog of the old socket are as welcome as ever
			oldAcceptor.stopAccepting().thenRun(old::close);
		}
		catch (BindFailedException ex) {
			bindFailed(ex);
		}
	}

	private void bindFailed(BindFailedException failure) {
		this.state = switch (failure.reason()) {
			case NOT_A_SOCKET, FOREIGN_SOCKET, LIVE_SERVER, SAME_JVM -> State.ADDRESS_FOREIGN;
			default -> State.ADDRESS_GONE;
		};
		String message = "'" + this.options.getAddress() + "' cannot be bound again: " + failure.getMessage() + ". "
				+ failure.remedy();
		// tried again and again, and told once
		if (!message.equals(this.bindFailure)) {
			this.bindFailure = message;
			logger.error(message);
		}
	}

	/**
	 * Return whether clients find the socket, as far as was seen last.
	 * @return {@code RUNNING}, {@code ADDRESS_GONE} or {@code ADDRESS_FOREIGN}
	 */
	State state() {
		return this.state;
	}

	/**
	 * Look whether clients can connect now, without being one.
	 * @return what is in the way, or {@code null}
	 */
	@Nullable String findObstacle() {
		return switch (this.server.addressState()) {
			case GONE -> "The socket file was removed";
			case FOREIGN -> "Another file stands where the socket file was; it is left alone";
			case OURS -> findObstacleToAccepting();
		};
	}

	private @Nullable String findObstacleToAccepting() {
		try {
			return this.acceptor.findObstacle().get(ACCEPT_BACKLOG_SECONDS, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			return "The listener has not got round to accepting connections for " + ACCEPT_BACKLOG_SECONDS + " s";
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return "The thread was interrupted before the listener had answered";
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Remove the socket file, accept what waits in the backlog, then no more. The thread
	 * goes on until {@link #end()}.
	 * @return completes when no more connections will be accepted
	 */
	synchronized CompletableFuture<Void> withdraw() {
		this.withdrawn = true;
		this.server.withdraw();
		return this.acceptor.stopAccepting();
	}

	/** From now on bind no socket. */
	synchronized void stopBinding() {
		this.withdrawn = true;
	}

	synchronized void close() {
		this.withdrawn = true;
		this.server.close();
	}

	/** End the thread. */
	void end() {
		this.ended.countDown();
	}

}
