package io.github.udsboot.listener.session;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionListener;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.session.LoopSession;
import io.github.udsboot.session.SessionCodec;

/**
 * What the sessions of one listener have in common. Thread-safe.
 */
public final class SessionContext {

	private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Unlimited: the stall clock ends the wait of a sender first, and without one it
	 * keeps waiting.
	 */
	private static final Duration SEND_TIMEOUT = Duration.ofNanos(Long.MAX_VALUE);

	private final HandlerRunner runner;

	private final ConnectionListener events;

	private final MessageProtocol protocol;

	private final FrameWriter writer;

	private final SessionCodec codec;

	private final int maxWaiting;

	private final boolean keepAlive;

	private final @Nullable EncodedFrame greeting;

	private final SessionNotifier notifier;

	/** The time of conversations is up; no more are begun. */
	private volatile boolean conversationsOver;

	/**
	 * Create a context.
	 * @param settings the settings of all sessions
	 * @param converter converts what sessions send and receive
	 * @param listeners told of sessions
	 * @param runner runs the handlers
	 * @param events told about connections
	 */
	public SessionContext(Settings settings, PayloadConverter converter, List<UdsSessionListener> listeners,
			HandlerRunner runner, ConnectionListener events) {
		this.runner = runner;
		this.events = events;
		this.protocol = settings.protocol();
		this.writer = this.protocol.newWriter(settings.limits());
		this.codec = new SessionCodec(converter, this.writer, settings.address());
		this.maxWaiting = settings.maxWaiting();
		Boolean keepAlive = settings.keepAlive();
		this.keepAlive = (keepAlive != null) ? keepAlive : this.protocol.keepsAlive();
		String greeting = settings.greeting();
		this.greeting = (greeting != null) ? this.protocol.encodeGreeting(greeting) : null;
		this.notifier = new SessionNotifier(listeners, runner, events);
	}

	public ConnectionHandler newSession(LoopConnection connection, PeerShare share) {
		return new ServerSession(this, connection, share);
	}

	public LoopSession newSession(LoopConnection connection, LoopSession.Owner owner) {
		return new LoopSession(this.runner.listener(), connection, this.codec, SEND_TIMEOUT, RECEIVE_TIMEOUT,
				this.maxWaiting, owner);
	}

	HandlerRunner runner() {
		return this.runner;
	}

	ConnectionListener events() {
		return this.events;
	}

	MessageProtocol protocol() {
		return this.protocol;
	}

	FrameWriter writer() {
		return this.writer;
	}

	boolean keepAlive() {
		return this.keepAlive;
	}

	@Nullable EncodedFrame greeting() {
		return this.greeting;
	}

	/** Return what tells listeners of the sessions. */
	public SessionNotifier notifier() {
		return this.notifier;
	}

	/** Begin no more conversations. */
	public void endConversations() {
		this.conversationsOver = true;
	}

	boolean areConversationsOver() {
		return this.conversationsOver;
	}

	/**
	 * What all sessions of a listener have in common.
	 *
	 * @param protocol the protocol
	 * @param limits the limits of a message
	 * @param address the path or abstract name of the listener
	 * @param maxWaiting the number of messages of a session that may wait for its handler
	 * @param keepAlive whether a connection outlives its first exchange, {@code null} for
	 * the protocol's default
	 * @param greeting sent to each peer first, or {@code null}
	 */
	public record Settings(MessageProtocol protocol, FrameLimits limits, String address, int maxWaiting,
			@Nullable Boolean keepAlive, @Nullable String greeting) {

	}

}
