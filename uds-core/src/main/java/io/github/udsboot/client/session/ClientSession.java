package io.github.udsboot.client.session;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.session.LoopSession;
import io.github.udsboot.session.SessionCodec;

/**
 * A session of a client: what arrives waits for whoever receives it. If it serves
 * exchanges, one message arrives for each; what comes out of turn ends it, since an
 * answer could be mistaken.
 */
final class ClientSession implements ConnectionHandler, LoopSession.Owner {

	/** These protocols have no word for a refusal. */
	static final String SILENT_SERVERS = "a server does that which does not allow this user (allowed-users), or has no "
			+ "connection left for it (max-connections)";

	private static final int MAX_WAITING = 256;

	private final LoopConnection connection;

	private final LoopSession session;

	private final Duration closeTimeout;

	private final Consumer<ClientSession> closed;

	private final boolean exchanges;

	/** Belongs to the loop's owner: the next message is an answer. */
	private boolean asked = true;

	/** Where the message of the exchange begins, -1 if it is not to be written. */
	private volatile long position = -1;

	ClientSession(LoopConnection connection, SessionSettings settings, SessionCodec codec, boolean exchanges,
			Consumer<ClientSession> closed) {
		this.connection = connection;
		this.closeTimeout = settings.timeout();
		this.exchanges = exchanges;
		this.closed = closed;
		this.session = new LoopSession(settings.name(), connection, codec, settings.timeout(), settings.timeout(),
				MAX_WAITING, this);
	}

	LoopSession session() {
		return this.session;
	}

	/**
	 * Begin the first exchange: write its message.
	 */
	void askFirst(EncodedFrame message) {
		this.position = this.connection.push(message);
	}

	/**
	 * Begin a further exchange: have its message written, unless the server has ended the
	 * connection, or said anything since its last answer. The loop has to look before it
	 * writes: for what is read later nobody could tell.
	 */
	void askAgain(EncodedFrame message) {
		this.position = -1;
		this.connection.loop().execute(() -> {
			if (this.connection.isQuiet()) {
				this.asked = true;
				askFirst(message);
			}
			else {
				this.connection.close(CloseReason.SESSION_CLOSED, null);
			}
		});
	}

	/**
	 * Return where the message of the exchange begins.
	 * @return as {@link LoopConnection#push}; final once nothing more will be received
	 */
	long position() {
		return this.position;
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (this.exchanges && !this.asked) {
			connection.close(CloseReason.SESSION_CLOSED, null);
		}
		else if (!this.session.isClosing()) {
			this.asked = false;
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

	/** A server need not have read all of a message to have answered it. */
	@Override
	public boolean takesResetAsEnd() {
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

	@Override
	public String explainSilence() {
		return ", without a word: " + SILENT_SERVERS;
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
			written = this.connection.awaitWritten(Nanos.of(this.closeTimeout));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!written) {
			this.connection.closeSoon(CloseReason.STALLED);
		}
	}

}
