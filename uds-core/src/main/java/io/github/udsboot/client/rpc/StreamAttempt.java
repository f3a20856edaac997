package io.github.udsboot.client.rpc;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.ItemPump;
import io.github.udsboot.stream.ItemSource;

/**
 * One attempt to make a streaming call, alone on its connection: what the client does not
 * take stays in the socket, and the server has to wait. The end of the attempt closes the
 * connection. What arrives for it after another attempt has begun belongs to neither.
 */
final class StreamAttempt implements ConnectionHandler {

	/**
	 * Bounds the delay, as a caller may give a stream centuries, too long to calculate
	 * with.
	 */
	private static final long MAX_DELAY_NANOS = TimeUnit.HOURS.toNanos(1);

	/** How long interceptors may take to pass on that a stream is too late. */
	private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final StreamCall call;

	private final CallRequest request;

	private final long streamId;

	private final Listener listener;

	private final CompletableFuture<UdsClientResponse> outcome = new CompletableFuture<>();

	private final AtomicBoolean over = new AtomicBoolean();

	/** Written once, by the opening thread, before anything is sent or received. */
	private volatile @Nullable LoopConnection connection;

	/** Written once, before the request; read by the thread that ends the stream. */
	private volatile @Nullable ItemPump upload;

	/** Belongs to the loop's owner, as does the field below. */
	private @Nullable LoopTimer timer;

	private boolean received;

	/**
	 * Create an attempt.
	 * @param call takes what arrives
	 * @param request the request; its deadline, or {@link CallRequest#NO_DEADLINE}, is
	 * that of the whole stream
	 * @param streamId the id of the only stream of the connection
	 * @param listener told the end
	 */
	StreamAttempt(StreamCall call, CallRequest request, long streamId, Listener listener) {
		this.call = call;
		this.request = request;
		this.streamId = streamId;
		this.listener = listener;
	}

	StreamCall call() {
		return this.call;
	}

	CallRequest request() {
		return this.request;
	}

	String route() {
		return this.request.route();
	}

	String path() {
		return this.call.path();
	}

	/** Return what its interceptors get. */
	CompletableFuture<UdsClientResponse> outcome() {
		return this.outcome;
	}

	LoopConnection connection() {
		return Objects.requireNonNull(this.connection, "not connected");
	}

	// --- by the opening thread

	/** Take the connection on which the stream will be. */
	ConnectionHandler connected(LoopConnection connection) {
		this.connection = connection;
		return this;
	}

	/**
	 * Send the request, and then the client's items. From here on the attempt reports its
	 * end itself, a failure to begin as well.
	 * @param request the encoded request
	 * @param writer encodes the items
	 * @param sources has threads on which the source of the items may wait
	 */
	void begin(EncodedFrame request, FrameWriter writer, Executor sources) {
		try {
			ItemSource items = this.call.opened(this);
			ItemPump upload = (items != null)
					? new ItemPump(items, new UploadedItems(this, writer, this.streamId), sources) : null;
			this.upload = upload;
			connection().push(request);
			if (upload != null) {
				upload.schedule();
				if (this.over.get()) {
					upload.cancel();
				}
			}
		}
		catch (UdsException ex) {
			fail(ex);
		}
		catch (RuntimeException | Error ex) {
			fail(new UdsException(Status.INTERNAL, "The stream could not be begun: " + ForeignText.of(ex), route(),
					path(), ex));
		}
	}

	// --- by the loop's owner

	@Override
	public void opened(LoopConnection connection) {
		if (this.request.deadline() != CallRequest.NO_DEADLINE) {
			watchDeadline();
		}
	}

	/** Watch the deadline on the loop, which does not wait for application code. */
	private void watchDeadline() {
		this.timer = null;
		long left = this.request.deadline() - System.nanoTime();
		if (left > 0) {
			this.timer = connection().loop().schedule(Math.min(left, MAX_DELAY_NANOS), this::watchDeadline);
			return;
		}
		UdsException failure = new UdsDeadlineExceededException(
				"The stream was not complete in time; the call may have been executed", route(), path(), null);
		fail(failure);
		if (this.call.isIntercepted()) {
			connection().loop().schedule(GRACE_NANOS, () -> this.call.expire(this, failure));
		}
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (this.over.get()) {
			return true;
		}
		if (frame.streamId() != this.streamId && (frame instanceof DataFrame || frame instanceof ResponseFrame)) {
			fail(new UdsProtocolException("The server sent something of stream " + frame.streamId()
					+ " on a connection where there is none but " + this.streamId, route(), path(), null));
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
			fail(CallFailures.failure(frame, route(), path()));
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

	/** Add an item, unless it comes too late. */
	void add(byte[] item) {
		this.received = true;
		this.call.inbox().add(this, item);
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
			fail(new UdsConnectionLostException(what + " before the stream was complete", route(), path(), cause));
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

	/** Finish the attempt. The end is reported even if something fails here. */
	private void finish(@Nullable UdsException failure) {
		try {
			ItemPump upload = this.upload;
			if (upload != null) {
				upload.cancel();
			}
		}
		finally {
			try {
				connection().closeSoon(CloseReason.SESSION_CLOSED);
			}
			finally {
				this.listener.finished(this, failure);
			}
		}
	}

	/** Gets the end of attempts. */
	interface Listener {

		/**
		 * An attempt that had a connection is over; told once.
		 * @param failure the failure, {@code null} if the stream is complete
		 */
		void finished(StreamAttempt attempt, @Nullable UdsException failure);

	}

}
