package io.github.udsboot.client.rpc;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.stream.ItemSink;
import io.github.udsboot.stream.ReceiverGoneException;

/**
 * The items that a caller sends, on their way to the connection of the stream.
 */
final class UploadedItems implements ItemSink {

	private final StreamAttempt attempt;

	private final FrameWriter writer;

	private final long streamId;

	UploadedItems(StreamAttempt attempt, FrameWriter writer, long streamId) {
		this.attempt = attempt;
		this.writer = writer;
		this.streamId = streamId;
	}

	private LoopConnection connection() {
		return this.attempt.connection();
	}

	@Override
	public boolean hasRoom() {
		return connection().hasRoom();
	}

	@Override
	public void whenRoom(Runnable task) {
		connection().whenRoom(task);
	}

	@Override
	public boolean send(byte[] item) {
		return connection().pushSoon(this.writer.encode(DataFrame.item(this.streamId, item)));
	}

	@Override
	public void end(@Nullable Throwable failure) {
		if (failure == null) {
			endOfItems();
			return;
		}
		if (failure instanceof ReceiverGoneException) {
			// the end of the connection tells why
			return;
		}
		// the server must not take what it has for complete: it sees the call end
		this.attempt.fail(failureOf(failure));
	}

	private void endOfItems() {
		try {
			connection().pushSoon(this.writer.encode(DataFrame.end(this.streamId)));
		}
		catch (Throwable ex) {
			// the server waits for an end
			this.attempt.fail(failureOf(ex));
		}
	}

	private UdsException failureOf(Throwable failure) {
		if (failure instanceof UdsException known) {
			return known;
		}
		if (failure instanceof FrameTooLargeException tooLarge) {
			return new UdsLimitExceededException(
					"An item is too large: " + tooLarge.getMessage() + "; the call was ended", route(), path(),
					tooLarge);
		}
		return new UdsCancelledException(
				"The items to be sent ended with a failure, and the call with them: " + ForeignText.of(failure),
				route(), path(), failure);
	}

	private String route() {
		return this.attempt.route();
	}

	private String path() {
		return this.attempt.path();
	}

}
