package io.github.udsboot.listener;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * One accepted request, from its dispatch to its one answer. A reply given while the
 * handler runs on the event loop waits until it is known whether the loop is still owned,
 * to be written together with others; any other reply is written at once.
 */
final class ServerCall implements Runnable, UdsReplyCallback {

	private final RequestDispatcher dispatcher;

	private final LoopConnection connection;

	private final long streamId;

	private final UdsRequestHandler handler;

	private final UdsRequest request;

	private final Map<String, String> variables;

	private final long startedAt;

	private final AtomicBoolean replied = new AtomicBoolean();

	/** The thread that runs the handler on the loop; compared by that thread only. */
	private @Nullable Thread inlineThread;

	private @Nullable UdsReply heldReply;

	private boolean undispatched;

	ServerCall(RequestDispatcher dispatcher, LoopConnection connection, long streamId, UdsRequestHandler handler,
			UdsRequest request, Map<String, String> variables, long startedAt) {
		this.dispatcher = dispatcher;
		this.connection = connection;
		this.streamId = streamId;
		this.handler = handler;
		this.request = request;
		this.variables = variables;
		this.startedAt = startedAt;
	}

	/** Run on the event loop; {@link #finishInline} must follow. */
	void runInline() {
		this.inlineThread = Thread.currentThread();
		run();
	}

	void finishInline(boolean ownsLoop) {
		this.inlineThread = null;
		UdsReply reply = this.heldReply;
		this.heldReply = null;
		if (reply != null) {
			send(reply, ownsLoop);
		}
	}

	@Override
	public void run() {
		try {
			if (isExpired()) {
				refuse(Status.DEADLINE_EXCEEDED, "The deadline passed before a handler could run");
				return;
			}
			this.handler.handle(this.request, this.variables, this);
		}
		catch (Throwable ex) {
			this.dispatcher.logFailure(this.handler.route(), ex);
			reply(UdsReply.failed(Status.INTERNAL, "The handler failed"));
		}
	}

	/** Answer instead of the handler, which has not seen the request. */
	void refuse(Status status, String message) {
		this.undispatched = true;
		reply(UdsReply.failed(status, message));
	}

	private boolean isExpired() {
		return this.request.deadlineNanos() != UdsRequest.NO_DEADLINE
				&& this.request.deadlineNanos() - System.nanoTime() <= 0;
	}

	@Override
	public void reply(UdsReply reply) {
		if (!this.replied.compareAndSet(false, true)) {
			return;
		}
		if (this.inlineThread == Thread.currentThread()) {
			this.heldReply = reply;
		}
		else {
			send(reply, false);
		}
	}

	/** Throws nothing: the calling thread may have lost the loop. */
	private void send(UdsReply reply, boolean ownsLoop) {
		boolean ended = false;
		try {
			ResponseFrame response = new ResponseFrame(this.streamId, reply.status(), reply.message(), reply.payload(),
					this.undispatched);
			EncodedFrame frame;
			try {
				frame = this.dispatcher.encode(response);
			}
			catch (FrameTooLargeException ex) {
				this.dispatcher.logFailure(this.handler.route(), ex);
				response = ResponseFrame.failed(this.streamId, Status.RESOURCE_EXHAUSTED,
						"The answer is too large. " + ex.getMessage());
				frame = this.dispatcher.encode(response);
			}
			ended = true;
			this.dispatcher.ended(this.handler.route(), response.status(), System.nanoTime() - this.startedAt);
			if (ownsLoop) {
				this.connection.corkAnswer(frame);
			}
			else {
				this.connection.answer(frame);
			}
		}
		catch (Throwable ex) {
			if (!ended) {
				this.dispatcher.ended(this.handler.route(), Status.INTERNAL, System.nanoTime() - this.startedAt);
			}
			this.connection.abandon(ex);
			this.dispatcher.logFailure(this.handler.route(), ex);
		}
	}

}
