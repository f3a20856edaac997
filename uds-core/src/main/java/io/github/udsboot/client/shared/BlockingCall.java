package io.github.udsboot.client.shared;

import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;

/**
 * A call that the current thread waits for.
 */
public final class BlockingCall extends PendingCall.Blocking {

	private final CallRequest request;

	private final byte[] payload;

	private final FrameWriter writer;

	public BlockingCall(CallRequest request, byte[] payload, FrameWriter writer) {
		super(request.deadline());
		this.request = request;
		this.payload = payload;
		this.writer = writer;
	}

	@Override
	public EncodedFrame encode(long streamId, RequestForm form) {
		return this.writer.encode(this.request.frame(streamId, this.payload, form));
	}

}
