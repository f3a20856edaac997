package io.github.udsboot.client;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.ItemPump;

/**
 * One streaming call, alone on its connection: what the client does not take, the socket
 * keeps, and the server has to wait. The end of the call closes the connection.
 */
final class ClientStream implements ConnectionHandler {

	private final LoopConnection connection;

	private final StreamCall call;

	private final long streamId;

	private final Consumer<@Nullable UdsException> ended;

	private final AtomicBoolean over = new AtomicBoolean();

	/** Written once, before the request; read by whoever ends the stream. */
	private volatile @Nullable ItemPump upload;

	/**
	 * Create a stream.
	 * @param call takes what arrives
	 * @param ended told once that the stream is over, and why unless it is complete
	 */
	ClientStream(LoopConnection connection, StreamCall call, long streamId, Consumer<@Nullable UdsException> ended) {
		this.connection = connection;
		this.call = call;
		this.streamId = streamId;
		this.ended = ended;
	}

	StreamCall call() {
		return this.call;
	}

	LoopConnection connection() {
		return this.connection;
	}

	/** Send the request, and then what the client has to send. */
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
	public boolean frame(LoopConnection connection, Frame frame) {
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
				this.call.add(data.payload());
			}
		}
		else if (frame instanceof ResponseFrame response && response.status() == Status.OK) {
			// one response instead of items; after items it is their end
			end(this.call.hasReceived() ? null : response.payload());
		}
		else {
			fail(Outcomes.failure(frame, this.call.route(), this.call.path()));
		}
		return true;
	}

	/** First the end, then the item: whoever takes it may close the stream at once. */
	private void end(byte @Nullable [] last) {
		if (!this.over.compareAndSet(false, true)) {
			return;
		}
		if (last != null) {
			this.call.add(last);
		}
		finish(null);
	}

	@Override
	public boolean readsOnWhenFull() {
		return true;
	}

	/** The server may have said why it reads no more. */
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

	private void finish(@Nullable UdsException failure) {
		ItemPump upload = this.upload;
		if (upload != null) {
			upload.cancel();
		}
		this.connection.closeSoon(CloseReason.SESSION_CLOSED);
		this.ended.accept(failure);
	}

}
