package io.github.udsboot.listener;

import java.util.Map;

import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * A request on a stream of a multiplexed connection. Always answered.
 */
final class RequestCall extends ServerCall {

	private final FrameWriter writer;

	private final long streamId;

	RequestCall(CallDispatcher dispatcher, LoopConnection connection, FrameWriter writer, long streamId,
			UdsRequestHandler handler, UdsRequest request, Map<String, String> variables, long startedAt) {
		super(dispatcher, connection, handler, request, variables, startedAt);
		this.writer = writer;
		this.streamId = streamId;
	}

	@Override
	EncodedFrame encode(UdsReply reply, boolean undispatched) {
		return this.writer.encode(new ResponseFrame(this.streamId, reply.status(), reply.message(), reply.payload(),
				undispatched, reply.details()));
	}

}
