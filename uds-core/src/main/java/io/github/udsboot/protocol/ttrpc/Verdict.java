package io.github.udsboot.protocol.ttrpc;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.InvalidFrame;

/**
 * The decision about a frame, judged by its header. All except {@link #DECODE} and
 * {@link #DATA} skip the data.
 */
enum Verdict {

	DECODE(Status.OK, ""),

	/** An item of a stream, or an extension: there is no envelope. */
	DATA(Status.OK, ""),

	IGNORE(Status.OK, ""),

	EVEN_STREAM(Status.INVALID_ARGUMENT, "Stream id of a client must be odd"),

	STREAM_NOT_NEW(Status.INVALID_ARGUMENT, "Stream id must be greater than those before"),

	NO_SUCH_STREAM(Status.INVALID_ARGUMENT, "Stream is not open"),

	NO_RESPONSE(Status.INTERNAL, "Protocol error: the server sent a frame that is no response");

	private final Status status;

	private final String message;

	Verdict(Status status, String message) {
		this.status = status;
		this.message = message;
	}

	InvalidFrame refuse(long streamId) {
		return new InvalidFrame(streamId, this.status, this.message);
	}

}
