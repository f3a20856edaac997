package io.github.udsboot.listener.session;

import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.InlineHistory;
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
 */
final class ServerSession implements ServedConnection, LoopSession.Owner {

	private static final Log logger = ListenerLog.LOG;

	private static final String NO_MORE = "The server takes no more messages";

	/**
	 * The number of late messages waiting to be refused at which reading from the peer
	 * stops.
	 */
	private static final int MAX_LATE = 256;

	private final SessionContext context;

	private final LoopConnection connection;

	private final PeerShare share;

	private final LoopSession session;

	/**
	 * Application code has its turn; taken by the loop's owner, given back by any thread.
	 */
	private final AtomicBoolean busy = new AtomicBoolean();

	private final Object lock = new Object();

	/** No further message is handled, as the one exchange is over. */
	private volatile boolean over;

	/**
	 * Belongs to the loop's owner: the listeners are yet to be told, before anything
	 * else.
	 */
	private boolean unannounced;

	/** Belongs to the loop's owner: what is written last may be the answer to a call. */
	private boolean answersCalls;

	/** Belongs to the loop's owner: the session has been cut off. */
	private boolean cut;

	/** Guarded by the lock: the listeners have been told that the session is open. */
	private boolean announced;

	/** The message that its handler has, as far as the loop's owner knows. */
	private volatile @Nullable MessageCall current;

	/**
	 * The number of messages that came too late in a drain and are refused after the
	 * answers owed. Written with the lock held.
	 */
	private volatile int late;

	/**
	 * Guarded by the lock: tells the listeners of the drain once they know of the
	 * opening.
	 */
	private @Nullable Runnable drain;

	/**
	 * Guarded by the lock: tells the listeners of the end once they know of the opening.
	 */
	private @Nullable Runnable end;

	ServerSession(SessionContext context, LoopConnection connection, PeerShare share) {
		this.context = context;
		this.connection = connection;
		this.share = share;
		this.session = context.newSession(connection, this);
		this.unannounced = context.hasListeners();
	}

	@Override
	public PeerShare share() {
		return this.share;
	}

	// --- on the loop's owner

	@Override
	public void opened(LoopConnection connection) {
		EncodedFrame greeting = this.context.greeting();
		if (greeting != null) {
			connection.cork(greeting);
		}
		if (this.unannounced) {
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
			addLate();
			refuseLate();
			return true;
		}
		this.session.add(frame);
		return proceed(connection);
	}

	private boolean isOver() {
		return this.over || this.session.isClosing();
	}

	private void addLate() {
		synchronized (this.lock) {
			this.late++;
			if (this.late == MAX_LATE) {
				this.connection.hold();
			}
		}
	}

	private int takeLate() {
		synchronized (this.lock) {
			int taken = this.late;
			this.late = 0;
			if (taken >= MAX_LATE) {
				this.connection.release();
			}
			return taken;
		}
	}

	/**
	 * Refuse late messages, unless an earlier one is being handled or waits: the peer
	 * identifies answers by their order. By any thread.
	 */
	private void refuseLate() {
		// first the count, then the check: a thread that ends a turn uses the reverse
		// order
		if (this.late == 0 || this.busy.get() || this.session.hasUnclaimed()) {
			return;
		}
		refuse(takeLate(), NO_MORE);
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
		if (this.unannounced && !announce()) {
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

	/** Tell the listeners of the session before any of its messages is handled. */
	private boolean announce() {
		this.unannounced = false;
		this.busy.set(true);
		InlineHistory history = this.context.openings();
		long begun = System.nanoTime();
		if (this.context.runner().mayRunOnLoop(this.connection, history, begun)) {
			boolean ownsLoop = this.connection.callOut(history, this::tellOpened);
			history.returned(ownsLoop, begun, System.nanoTime());
			this.connection.endRequest();
			done(ownsLoop);
			return ownsLoop;
		}
		Opening opening = new Opening();
		try {
			this.context.runner().executeIfTaken(this.share, opening);
		}
		catch (Throwable ex) {
			opening.notRun(ex);
		}
		return true;
	}

	private void tellOpened() {
		this.context.tell((listener) -> listener.sessionOpened(this.session));
		Runnable drain;
		Runnable end;
		synchronized (this.lock) {
			this.announced = true;
			drain = this.drain;
			end = this.end;
		}
		if (drain != null) {
			tellOffLoop(drain);
		}
		if (end != null) {
			this.context.tellOfEnd(end);
		}
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

	/**
	 * Tell the listeners of the drain. This is owed like an answer: the session is not
	 * closed before they return.
	 */
	@Override
	public void draining(LoopConnection connection) {
		if (!this.context.hasListeners()) {
			return;
		}
		connection.beginRequest();
		Runnable drain = new Draining();
		boolean now;
		synchronized (this.lock) {
			this.drain = drain;
			now = this.announced;
		}
		if (now) {
			tellOffLoop(drain);
		}
	}

	private void tellOffLoop(Runnable drain) {
		try {
			this.context.runner().executeOffLoop(drain);
		}
		catch (Throwable ex) {
			// the listener has stopped, or cannot start a thread
			DroppableTask.drop(drain);
		}
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
		int waiting = takeLate();
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
			if (this.context.hasListeners()) {
				tellClosed(reason, cause);
			}
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

	private void tellClosed(CloseReason reason, @Nullable Throwable cause) {
		Runnable end = () -> this.context
			.tell((listener) -> listener.sessionClosed(this.session, reason.name(), cause));
		boolean now;
		synchronized (this.lock) {
			this.end = end;
			now = this.announced;
		}
		if (now) {
			this.context.tellOfEnd(end);
		}
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

	/** Tells the listeners of the opening, not on the loop. */
	private final class Opening implements DroppableTask {

		@Override
		public void run() {
			tellOpened();
			ServerSession.this.connection.endRequest();
			done(false);
		}

		@Override
		public void dropped() {
			notRun(new RejectedExecutionException("The listener has no thread any more"));
		}

		/** Close the session, as there will be no thread for the handlers either. */
		private void notRun(Throwable cause) {
			ServerSession.this.connection.abandon(cause);
			ServerSession.this.connection.endRequest();
		}

	}

	/** Tells the listeners of the drain, which waits for them. */
	private final class Draining implements DroppableTask {

		@Override
		public void run() {
			ServerSession.this.context.tell((listener) -> listener.sessionDraining(ServerSession.this.session));
			ServerSession.this.connection.endRequest();
		}

		@Override
		public void dropped() {
			ServerSession.this.connection.endRequest();
		}

	}

}
