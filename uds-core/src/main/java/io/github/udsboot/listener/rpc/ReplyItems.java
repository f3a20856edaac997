package io.github.udsboot.listener.rpc;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.stream.ItemSink;
import io.github.udsboot.stream.ReceiverGoneException;

/**
 * The items that answer a request, on their way to the connection.
 */
final class ReplyItems implements ItemSink {

	private static final byte[] EMPTY_PAYLOAD = {};

	private final RequestCall call;

	private final Function<Throwable, UdsReply> failures;

	ReplyItems(RequestCall call, Function<Throwable, UdsReply> failures) {
		this.call = call;
		this.failures = failures;
	}

	@Override
	public boolean hasRoom() {
		return this.call.connection().hasRoom();
	}

	@Override
	public void whenRoom(Runnable task) {
		this.call.connection().whenRoom(task);
	}

	@Override
	public boolean send(byte[] item) {
		return this.call.sendItem(item);
	}

	@Override
	public void end(@Nullable Throwable failure) {
		if (failure == null) {
			this.call.endItems(UdsReply.ok(EMPTY_PAYLOAD));
		}
		else if (failure instanceof ReceiverGoneException) {
			this.call.endItems(UdsReply.failed(Status.CANCELLED, "The caller has gone"));
		}
		else if (failure instanceof FrameTooLargeException) {
			this.call
				.endItems(UdsReply.failed(Status.RESOURCE_EXHAUSTED, "An item is too large. " + failure.getMessage()));
		}
		else {
			this.call.endItems(replyTo(failure));
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
