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
 * A session of a client: messages that arrive wait to be received. If it serves
 * exchanges, one message arrives for each; a message out of turn ends the session, as it
 * could be mistaken for an answer.
 */
final class ClientSession implements ConnectionHandler, LoopSession.Owner {

	/** Explains silence, as these protocols cannot express a refusal. */
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

	/** Where the message of the exchange begins, -1 if it will not be written. */
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
	 * connection, or sent anything since its last answer. The loop has to read before it
	 * writes: what is read later could not be told from an answer.
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

	/** The answer may have arrived already, although the server reads no more. */
	@Override
	public boolean readsOnWhenUnread() {
		return true;
	}

	/** A server may have answered a message without having read all of it. */
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
		// no other thread wants the messages
	}

	@Override
	public String explainSilence() {
		return ", without a word: " + SILENT_SERVERS;
	}

	/** Close without waiting: whatever is left to be written does not matter. */
	void discard() {
		this.connection.closeSoon(CloseReason.SESSION_CLOSED);
	}

	/**
	 * Wait for what was sent before the close to be written, in case the process then
	 * ends.
	 */
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
