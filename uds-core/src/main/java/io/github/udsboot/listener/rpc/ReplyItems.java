package io.github.udsboot.listener.rpc;

import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.stream.ItemSink;
import io.github.udsboot.stream.ReceiverGoneException;

/**
 * The items that answer a request, on their way to the connection. Sent by one thread at
 * a time, that of the pump.
 */
final class ReplyItems implements ItemSink {

	private static final byte[] EMPTY_PAYLOAD = {};

	private final LoopConnection connection;

	private final FrameWriter writer;

	private final long streamId;

	private final Function<Throwable, UdsReply> failures;

	private final Consumer<UdsReply> end;

	/**
	 * Create an instance.
	 * @param connection where to send the items
	 * @param writer encodes them
	 * @param streamId the stream id of the request
	 * @param failures returns the reply for a failure of the items
	 * @param end takes the reply that ends the stream
	 */
	ReplyItems(LoopConnection connection, FrameWriter writer, long streamId, Function<Throwable, UdsReply> failures,
			Consumer<UdsReply> end) {
		this.connection = connection;
		this.writer = writer;
		this.streamId = streamId;
		this.failures = failures;
		this.end = end;
	}

	@Override
	public boolean hasRoom() {
		return this.connection.hasRoom();
	}

	@Override
	public void whenRoom(Runnable task) {
		this.connection.whenRoom(task);
	}

	@Override
	public boolean send(byte[] item) {
		return this.connection.pushSoon(this.writer.encode(DataFrame.item(this.streamId, item)));
	}

	@Override
	public void end(@Nullable Throwable failure) {
		if (failure == null) {
			this.end.accept(UdsReply.ok(EMPTY_PAYLOAD));
		}
		else if (failure instanceof ReceiverGoneException) {
			this.end.accept(UdsReply.failed(Status.CANCELLED, "The caller has gone"));
		}
		else if (failure instanceof FrameTooLargeException) {
			this.end
				.accept(UdsReply.failed(Status.RESOURCE_EXHAUSTED, "An item is too large. " + failure.getMessage()));
		}
		else {
			this.end.accept(replyTo(failure));
		}
	}

	/**
	 * Return the reply for a failure: the stream ends in any case, if need be with a
	 * generic message.
	 */
	private UdsReply replyTo(Throwable failure) {
		UdsReply reply = null;
		Throwable reason = failure;
		try {
			reply = this.failures.apply(failure);
		}
		catch (Throwable ex) {
			reason = ex;
		}
		if (reply == null) {
			LostFailures.log("What a stream of items failed with could not be told", reason);
			reply = UdsReply.failed(Status.INTERNAL, "The stream of items failed");
		}
		return reply;
	}

}
