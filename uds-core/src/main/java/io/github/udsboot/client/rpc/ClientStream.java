package io.github.udsboot.client.rpc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.LoopTimer;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.ItemPump;

/**
 * One streaming call, alone on its connection: what the client does not take stays in the
 * socket, and the server has to wait. The end of the call closes the connection.
 */
final class ClientStream implements ConnectionHandler {

	/**
	 * Bounds the delay, as a caller may give a stream centuries, too long to calculate
	 * with.
	 */
	private static final long MAX_DELAY_NANOS = TimeUnit.HOURS.toNanos(1);

	/** How long interceptors may take to pass on that a stream is too late. */
	private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final LoopConnection connection;

	private final StreamAttempt attempt;

	private final StreamCall call;

	private final long streamId;

	private final long deadline;

	private final Consumer<@Nullable UdsException> ended;

	private final AtomicBoolean over = new AtomicBoolean();

	/** Belongs to the loop's owner, as does the field below. */
	private @Nullable LoopTimer timer;

	private boolean received;

	/** Written once, before the request; read by the thread that ends the stream. */
	private volatile @Nullable ItemPump upload;

	/**
	 * Create a stream.
	 * @param attempt takes what arrives
	 * @param deadline when the stream must be over, or {@link CallRequest#NO_DEADLINE}
	 * @param ended told once when the stream is over, with the failure unless it is
	 * complete
	 */
	ClientStream(LoopConnection connection, StreamAttempt attempt, long streamId, long deadline,
			Consumer<@Nullable UdsException> ended) {
		this.connection = connection;
		this.attempt = attempt;
		this.call = attempt.call();
		this.streamId = streamId;
		this.deadline = deadline;
		this.ended = ended;
	}

	StreamCall call() {
		return this.call;
	}

	LoopConnection connection() {
		return this.connection;
	}

	/** Send the request, and then the client's items. */
	void begin(EncodedFrame request, @Nullable ItemPump upload) {
		this.upload = upload;
		this.connection.push(request);
		if (upload != null) {
			upload.schedule();
			if (this.over.get()) {
				upload.cancel();
			}
		}
	}

	// --- by the loop's owner

	@Override
	public void opened(LoopConnection connection) {
		if (this.deadline != CallRequest.NO_DEADLINE) {
			watchDeadline();
		}
	}

	/** Watch the deadline on the loop, which does not wait for application code. */
	private void watchDeadline() {
		this.timer = null;
		long left = this.deadline - System.nanoTime();
		if (left > 0) {
			this.timer = this.connection.loop().schedule(Math.min(left, MAX_DELAY_NANOS), this::watchDeadline);
			return;
		}
		UdsException failure = new UdsDeadlineExceededException(
				"The stream was not complete in time; the call may have been executed", this.call.route(),
				this.call.path(), null);
		fail(failure);
		if (this.call.isIntercepted()) {
			this.connection.loop().schedule(GRACE_NANOS, () -> this.call.expire(this.attempt, failure));
		}
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (this.over.get()) {
			return true;
		}
		if (frame.streamId() != this.streamId && (frame instanceof DataFrame || frame instanceof ResponseFrame)) {
			fail(new UdsProtocolException(
					"The server sent something of stream " + frame.streamId()
							+ " on a connection where there is none but " + this.streamId,
					this.call.route(), this.call.path(), null));
		}
		else if (frame instanceof DataFrame data) {
			if (data.last() || (data.item() && this.call.wantsOneAnswer())) {
				end(data.item() ? data.payload() : null);
			}
			else if (data.item()) {
				add(data.payload());
			}
		}
		else if (frame instanceof ResponseFrame response && response.status() == Status.OK) {
			// a response in place of items; after items it is their end
			end(this.received ? null : response.payload());
		}
		else {
			fail(CallFailures.failure(frame, this.call.route(), this.call.path()));
		}
		return true;
	}

	/**
	 * First the end, then the item: a thread that takes it may close the stream at once.
	 */
	private void end(byte @Nullable [] last) {
		if (!this.over.compareAndSet(false, true)) {
			return;
		}
		if (last != null) {
			add(last);
		}
		finish(null);
	}

	private void add(byte[] item) {
		this.received = true;
		this.attempt.add(item);
	}

	@Override
	public boolean readsOnWhenFull() {
		return true;
	}

	/** The server may have sent the reason why it reads no more. */
	@Override
	public boolean readsOnWhenUnread() {
		return true;
	}

	@Override
	public void inputEnded(LoopConnection connection) {
		lost("The server ended the connection", null);
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		LoopTimer timer = this.timer;
		if (timer != null) {
			connection.loop().cancel(timer);
			this.timer = null;
		}
		if (reason == CloseReason.STOPPED) {
			lost("The client was closed", null);
			return;
		}
		lost("The connection was closed (" + ((cause != null) ? cause.getMessage() : reason) + ")", cause);
	}

	private void lost(String what, @Nullable Throwable cause) {
		if (!this.over.get()) {
			fail(new UdsConnectionLostException(what + " before the stream was complete", this.call.route(),
					this.call.path(), cause));
		}
	}

	// --- by any thread

	boolean isOver() {
		return this.over.get();
	}

	/** End the stream with a failure, after what has arrived. */
	void fail(UdsException failure) {
		if (this.over.compareAndSet(false, true)) {
			finish(failure);
		}
	}

	/** Finish the stream. The end is reported even if something fails here. */
	private void finish(@Nullable UdsException failure) {
		try {
			ItemPump upload = this.upload;
			if (upload != null) {
				upload.cancel();
			}
		}
		finally {
			try {
				this.connection.closeSoon(CloseReason.SESSION_CLOSED);
			}
			finally {
				this.ended.accept(failure);
			}
		}
	}

}
