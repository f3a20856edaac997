package io.github.udsboot.client;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.session.LoopSession;
import io.github.udsboot.session.SessionCodec;

/**
 * A session of a client: what arrives waits for whoever receives it.
 */
final class ClientSession implements ConnectionHandler, LoopSession.Owner {

	private static final int MAX_WAITING = 256;

	private final LoopConnection connection;

	private final LoopSession session;

	private final Duration closeTimeout;

	private final Consumer<ClientSession> closed;

	ClientSession(LoopConnection connection, SessionSettings settings, SessionCodec codec,
			Consumer<ClientSession> closed) {
		this.connection = connection;
		this.closeTimeout = settings.timeout();
		this.closed = closed;
		this.session = new LoopSession(settings.name(), connection, codec, settings.timeout(), settings.timeout(),
				MAX_WAITING, this);
	}

	LoopSession session() {
		return this.session;
	}

	/** Return whether nothing is under way, so that an exchange may begin. */
	boolean isIdle() {
		return this.session.isOpen() && !this.session.hasUnclaimed();
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (!this.session.isClosing()) {
			this.session.add(frame);
		}
		return true;
	}

	@Override
	public void inputEnded(LoopConnection connection) {
		this.session.inputEnded();
	}

	@Override
	public boolean readsOnWhenFull() {
		return true;
	}

	/** The answer may be there already, although the server takes no more. */
	@Override
	public boolean readsOnWhenUnread() {
		return true;
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.session.inputEnded();
		this.closed.accept(this);
	}

	@Override
	public void received(boolean taken) {
		// nobody else wants the messages
	}

	/** Close without waiting: nothing that is left to be written matters. */
	void discard() {
		this.connection.closeSoon(CloseReason.SESSION_CLOSED);
	}

	/** What was sent before the close is still written, even if the process ends then. */
	@Override
	public void closing() {
		boolean written = false;
		try {
			written = this.connection.awaitWritten(this.closeTimeout.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!written) {
			this.connection.closeSoon(CloseReason.STALLED);
		}
	}

}
