package io.github.udsboot.client;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;

/**
 * A call that the current thread waits for.
 */
final class BlockingCall extends PendingCall.Blocking {

	private final Request request;

	private final byte[] payload;

	private final FrameWriter writer;

	BlockingCall(Request request, byte[] payload, FrameWriter writer) {
		super(request.deadline());
		this.request = request;
		this.payload = payload;
		this.writer = writer;
	}

	@Override
	EncodedFrame encode(long streamId, RequestForm form) {
		return this.writer.encode(this.request.frame(streamId, this.payload, form));
	}

}
