package io.github.udsboot.listener.session;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.session.LoopSession;

/**
 * A session of a listener: has its messages handled one after the other. While a handler
 * has one, the next ones wait in the session, where the handler can receive them itself.
 * Belongs to the loop's owner, except for the end of a turn.
 *
 * <p>
 * One class, because taking turns, refusing what comes too late and cutting off check the
 * same few flags, in an order that counts.
 */
final class ServerSession implements ServedConnection, LoopSession.Owner {

	private static final Log logger = ListenerLog.LOG;

	private static final String NO_MORE = "The server takes no more messages";

	private final SessionContext context;

	private final LoopConnection connection;

	private final PeerShare share;

	private final @Nullable ConnectionContext peerContext;

	private final LoopSession session;

	private final SessionEvents events;

	/** Messages that came too late in a drain. */
	private final LateMessages late;

	/**
	 * Application code has its turn; taken by the loop's owner, given back by any thread.
	 */
	private final AtomicBoolean busy = new AtomicBoolean();

	/** No further message is handled, as the one exchange is over. */
	private volatile boolean over;

	/** Belongs to the loop's owner: what is written last may be the answer to a call. */
	private boolean answersCalls;

	/** Belongs to the loop's owner: the session has been cut off. */
	private boolean cut;

	/** The message that its handler has, as far as the loop's owner knows. */
	private volatile @Nullable MessageCall current;

	ServerSession(SessionContext context, LoopConnection connection, PeerShare share) {
		this.context = context;
		this.connection = connection;
		this.share = share;
		this.peerContext = context.runner().newContext(connection);
		this.session = context.newSession(connection, this);
		this.events = new SessionEvents(context.notifier(), connection, share, this.peerContext, this.session,
				this::done);
		this.late = new LateMessages(connection);
	}

	@Override
	public PeerShare share() {
		return this.share;
	}

	/** Return the contexts of the peer, {@code null} if there are none. */
	@Nullable ConnectionContext context() {
		return this.peerContext;
	}

	// --- on the loop's owner

	@Override
	public void opened(LoopConnection connection) {
		EncodedFrame greeting = this.context.greeting();
		if (greeting != null) {
			connection.cork(greeting);
		}
		if (this.events.isOpeningUntold()) {
			// owed like an answer: neither a peer that ends its output nor a drain cuts
			// off what the listeners send
			connection.beginRequest();
			connection.proceedSoon();
		}
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (isOver()) {
			return true;
		}
		connection.beginRequest();
		if (connection.isEnding() && !this.session.isAwaited()) {
			this.late.add();
			refuseLate();
			return true;
		}
		this.session.add(frame);
		return proceed(connection);
	}

	private boolean isOver() {
		return this.over || this.session.isClosing();
	}

	/**
	 * Refuse late messages, unless an earlier one is being handled or waits: the peer
	 * identifies answers by their order. By any thread.
	 */
	private void refuseLate() {
		// first the count, then the check: a thread that ends a turn uses the reverse
		// order
		if (this.late.isEmpty() || this.busy.get() || this.session.hasUnclaimed()) {
			return;
		}
		refuse(this.late.take(), NO_MORE);
	}

	/** Refuse messages that were counted in. By any thread. */
	private void refuse(int messages, String message) {
		EncodedFrame failure = (messages > 0) ? encodeFailure(Status.UNAVAILABLE, message) : null;
		for (int i = 0; i < messages; i++) {
			if (failure != null) {
				this.connection.push(failure);
			}
			this.connection.endRequest();
		}
	}

	/**
	 * Handles one message. If more wait, their turn comes after that of the loop's other
	 * connections, and only once the answers so far are written.
	 */
	@Override
	public boolean proceed(LoopConnection connection) {
		if (this.events.isOpeningUntold() && !announce()) {
			return false;
		}
		if (isOver() || !this.session.hasUnclaimed() || !this.busy.compareAndSet(false, true)) {
			return true;
		}
		Frame frame = this.session.poll();
		if (frame == null) {
			// another thread has received it meanwhile
			this.busy.set(false);
		}
		else if (!handle(frame)) {
			return false;
		}
		if (!this.busy.get()) {
			handleNext();
		}
		return true;
	}

	/** Have listeners told of the session, as its first turn. */
	private boolean announce() {
		this.busy.set(true);
		return this.events.tellOfOpening();
	}

	/**
	 * Handle a message. The session is already marked as busy.
	 * @return whether the calling thread still owns the loop
	 */
	private boolean handle(Frame frame) {
		if (frame instanceof MessageFrame message) {
			return dispatch(message);
		}
		if (frame instanceof InvalidFrame invalid) {
			logger.debug("Listener '" + this.context.runner().listener() + "' refuses a message: " + invalid.message());
			return fail(CallRecorder.UNKNOWN_ROUTE, invalid.status(), invalid.message(), System.nanoTime());
		}
		return fail(CallRecorder.UNKNOWN_ROUTE, Status.INVALID_ARGUMENT, "This is no message", System.nanoTime());
	}

	private boolean dispatch(MessageFrame message) {
		long now = System.nanoTime();
		HandlerRunner runner = this.context.runner();
		UdsRequestHandler handler;
		Map<String, String> variables = Map.of();
		if (this.context.protocol().isRouted()) {
			UdsRouter.Match match = runner.find(message.route(), this.connection);
			if (match == null) {
				return fail(CallRecorder.UNKNOWN_ROUTE, Status.UNIMPLEMENTED,
						"There is no route '" + message.route() + "'", now);
			}
			handler = match.handler();
			variables = match.variables();
		}
		else {
			handler = runner.defaultHandler();
			if (handler == null) {
				return fail(CallRecorder.NO_ROUTE, Status.UNIMPLEMENTED, "There is no handler", now);
			}
		}
		if (handler.needsSession() && this.context.areConversationsOver()) {
			return fail(handler.isDefaultHandler() ? CallRecorder.NO_ROUTE : handler.route(), Status.UNAVAILABLE,
					REASON, now);
		}
		String tooMany = runner.admit(this.share);
		if (tooMany != null) {
			return fail(handler.isDefaultHandler() ? CallRecorder.NO_ROUTE : handler.route(), Status.RESOURCE_EXHAUSTED,
					tooMany, now);
		}
		UdsRequest request = new UdsRequest(message.route(), message.payload(), Map.of(), this.connection.peer(),
				UdsRequest.NO_DEADLINE, this.session);
		MessageCall call = new MessageCall(runner, this.connection, this, handler, request, variables, now);
		this.current = call;
		this.answersCalls = !handler.needsSession();
		if (this.connection.isClosed()) {
			call.orphan();
		}
		return runner.dispatch(this.connection, call, now);
	}

	/** Answer a message that no handler gets. */
	private boolean fail(String route, Status status, String message, long since) {
		EncodedFrame failure = encodeFailure(status, message);
		this.context.runner().log().record(route, status, System.nanoTime() - since);
		if (failure != null) {
			this.connection.corkAnswer(failure);
		}
		else {
			this.connection.endRequest();
		}
		handled(failure != null, true);
		return true;
	}

	@Override
	public void draining(LoopConnection connection) {
		this.events.tellOfDrain();
	}

	@Override
	public void cutOff(boolean all) {
		MessageCall call = this.current;
		if (this.cut || this.connection.isClosed()) {
			return;
		}
		if (!all && isCalled(call)) {
			// what follows the calls gets no more time than any other conversation
			this.connection.loop().schedule(LAST_WORDS.toNanos(), () -> cutOff(false));
			return;
		}
		this.cut = true;
		this.over = true;
		// first the outcome, as a handler that sees its session end might give one
		boolean seized = call != null && call.seize();
		this.session.stop();
		Work work = Work.SESSION;
		if (call != null && seized) {
			pushRefusal();
			call.stopHandler();
			call.giveUp(Status.UNAVAILABLE);
			work = call.handler().needsSession() ? Work.SESSION : Work.CALL;
		}
		int waiting = this.late.take();
		while (this.session.poll() != null) {
			waiting++;
		}
		refuse(waiting, REASON);
		this.session.abandon();
		this.connection.finish(CloseReason.STOPPED, LAST_WORDS);
		this.context.events().cutOff(work);
	}

	/**
	 * Return whether a call is under way. Calls have more time than conversations and
	 * listeners: until their answers are written.
	 */
	private boolean isCalled(@Nullable MessageCall call) {
		if (call != null) {
			return !call.handler().needsSession();
		}
		if (this.session.hasUnclaimed() || this.connection.hasUndecoded()) {
			return true;
		}
		boolean answering = this.answersCalls && this.connection.hasUnwritten();
		if (answering) {
			// otherwise endless pushes would keep the answer from being the last
			this.session.stop();
		}
		return answering;
	}

	private void pushRefusal() {
		EncodedFrame failure = encodeFailure(Status.UNAVAILABLE, REASON);
		if (failure != null) {
			this.connection.push(failure);
		}
	}

	@Override
	public void inputEnded(LoopConnection connection) {
		if (connection.isMidFrame() && !isOver()) {
			// a peer that forgot the end of a line would otherwise get no explanation
			connection.beginRequest();
			this.session.add(new InvalidFrame(0, Status.INVALID_ARGUMENT,
					"The last message has no end; half a message is not handled"));
			connection.proceedSoon();
		}
		this.session.inputEnded();
	}

	/** A message sent before the peer hung up may be an order, and must not be lost. */
	@Override
	public boolean readsOnWhenUnread() {
		return true;
	}

	@Override
	public boolean outlastsPeer() {
		return true;
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		try {
			this.session.inputEnded();
			this.events.tellOfEnd(reason, cause);
			MessageCall call = this.current;
			if (call != null) {
				call.orphan();
			}
			this.context.events().closed(connection, reason, cause);
		}
		finally {
			// accepted messages are handled in any case
			handleNext();
		}
	}

	boolean areConversationsOver() {
		return this.context.areConversationsOver();
	}

	// --- by any thread

	EncodedFrame encode(byte[] payload) {
		return this.context.writer().encode(new MessageFrame(payload));
	}

	@Nullable EncodedFrame encodeFailure(Status status, String message) {
		return this.context.protocol().encodeFailure(status, message);
	}

	/**
	 * Note that a message has its outcome, which is written or about to be.
	 * @param told whether the peer gets it, {@code false} for a failure that the protocol
	 * cannot express
	 * @param ownsLoop whether this is the loop's owner, which continues by itself
	 */
	void handled(boolean told, boolean ownsLoop) {
		this.current = null;
		if (!told || !this.context.keepAlive()) {
			this.over = true;
			this.session.abandon();
			this.connection.finish(CloseReason.SESSION_CLOSED);
		}
		done(ownsLoop);
	}

	private void done(boolean ownsLoop) {
		// first the turn, then the check: a thread that adds a message uses the reverse
		// order
		this.busy.set(false);
		if (!ownsLoop) {
			handleNext();
		}
	}

	private void handleNext() {
		if (isOver()) {
			return;
		}
		if (this.session.hasUnclaimed()) {
			this.connection.proceedSoon();
		}
		else {
			refuseLate();
		}
	}

	@Override
	public void received(boolean taken) {
		if (taken) {
			this.connection.endRequest();
		}
		if (!this.busy.get()) {
			handleNext();
		}
	}

}
