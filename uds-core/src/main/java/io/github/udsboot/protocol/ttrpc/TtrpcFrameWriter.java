package io.github.udsboot.protocol.ttrpc;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.ExtensionFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.Utf8;

/**
 * Writes requests and responses. The payload is the last field of its envelope, so that a
 * large one follows the head without copying; a small one is copied into the head, so
 * that the frame is a single array.
 *
 * <pre>
 * head                                                   body
 * +--------+--------------+--------------------------+   +---------+
 * | header | other fields | tag, length of payload   |   | payload |
 * +--------+--------------+--------------------------+   +---------+
 * </pre>
 */
final class TtrpcFrameWriter implements FrameWriter {

	/** Copying this many bytes costs less than a second buffer in a system call. */
	private static final int MAX_COPY = 1 << 10;

	private static final int MAX_MESSAGE = 4 << 10;

	private static final byte[] EMPTY_PAYLOAD = {};

	private final int maxLength;

	TtrpcFrameWriter(int maxLength) {
		this.maxLength = maxLength;
	}

	/**
	 * Encode a frame; an invalid frame is encoded as the response that tells the peer.
	 * @throws IllegalArgumentException if the route or the metadata contain an unpaired
	 * surrogate, or the stream id is not an unsigned 32-bit number
	 */
	@Override
	public EncodedFrame encode(Frame frame) {
		if (frame instanceof ResponseFrame response) {
			return (response.status() == Status.OK) ? success(response.streamId(), response.payload())
					: failure(response.streamId(), response.status(), response.message(), response.payload(),
							response.undispatched() ? NotDispatched.request() : null, response.details());
		}
		if (frame instanceof RefusalFrame refusal) {
			return failure(refusal.streamId(), refusal.status(), refusal.message(), EMPTY_PAYLOAD,
					NotDispatched.connection(), List.of());
		}
		if (frame instanceof InvalidFrame invalid) {
			return failure(invalid.streamId(), invalid.status(), invalid.message(), EMPTY_PAYLOAD, null, List.of());
		}
		if (frame instanceof DataFrame data) {
			return data(data);
		}
		if (frame instanceof ExtensionFrame extension) {
			return extension(extension);
		}
		return request((RequestFrame) frame);
	}

	/** Data has no envelope. */
	private EncodedFrame data(DataFrame data) {
		byte[] payload = data.item() ? data.payload() : EMPTY_PAYLOAD;
		requireStreamId(data.streamId());
		if (payload.length > this.maxLength) {
			throw new FrameTooLargeException(payload.length, this.maxLength);
		}
		int flags = (data.item() ? 0 : TtrpcHeader.NO_DATA) | (data.last() ? TtrpcHeader.REMOTE_CLOSED : 0);
		boolean apart = payload.length > MAX_COPY;
		byte[] head = new byte[TtrpcHeader.SIZE + (apart ? 0 : payload.length)];
		TtrpcHeader.write(head, payload.length, data.streamId(), TtrpcHeader.DATA, flags);
		if (apart) {
			return new EncodedFrame(head, payload);
		}
		System.arraycopy(payload, 0, head, TtrpcHeader.SIZE, payload.length);
		return new EncodedFrame(head, EMPTY_PAYLOAD);
	}

	private static EncodedFrame extension(ExtensionFrame frame) {
		requireStreamId(frame.streamId());
		byte[] data = ExtensionCodec.encode(frame);
		byte[] head = new byte[TtrpcHeader.SIZE + data.length];
		TtrpcHeader.write(head, data.length, frame.streamId(), ExtensionCodec.typeOf(frame), 0);
		System.arraycopy(data, 0, head, TtrpcHeader.SIZE, data.length);
		return new EncodedFrame(head, EMPTY_PAYLOAD);
	}

	/**
	 * Without NO_DATA, Rust takes an empty payload for the first item; Go ignores the
	 * flag.
	 */
	private static int flags(RequestFrame request) {
		int flags = switch (request.kind()) {
			case UNARY -> 0;
			case ONE_WAY -> TtrpcHeader.ONE_WAY;
			case STREAM -> TtrpcHeader.REMOTE_CLOSED;
			case OPEN_STREAM -> TtrpcHeader.REMOTE_OPEN | ((request.payload().length == 0) ? TtrpcHeader.NO_DATA : 0);
		};
		if (request.onHostClock()) {
			flags |= TtrpcHeader.ON_HOST_CLOCK;
		}
		return request.betweenPeers() ? flags | TtrpcHeader.BETWEEN_PEERS : flags;
	}

	private EncodedFrame request(RequestFrame request) {
		String route = request.route();
		int dot = route.lastIndexOf('.');
		int service = (dot > 0) ? Utf8.length(route, 0, dot) : 0;
		int method = Utf8.length(route, dot + 1, route.length());
		long size = (long) ProtobufOutput.optionalSize(service) + ProtobufOutput.optionalSize(method)
				+ ((request.timeoutNanos() != 0) ? 1 + ProtobufOutput.varintSize(request.timeoutNanos()) : 0)
				+ metadataSize(request.metadata());
		ProtobufOutput out = begin(request.streamId(), TtrpcHeader.REQUEST, flags(request), size, request.payload());
		if (service != 0) {
			out.writeString(RequestDecoder.SERVICE, service, route, 0, dot);
		}
		if (method != 0) {
			out.writeString(RequestDecoder.METHOD, method, route, dot + 1, route.length());
		}
		if (request.timeoutNanos() != 0) {
			out.writeVarint(RequestDecoder.TIMEOUT, request.timeoutNanos());
		}
		if (!request.metadata().isEmpty()) {
			writeMetadata(out, request.metadata());
		}
		return finish(out, RequestDecoder.PAYLOAD, request.payload());
	}

	private EncodedFrame success(long streamId, byte[] payload) {
		ProtobufOutput out = begin(streamId, TtrpcHeader.RESPONSE, 0, 0, payload);
		return finish(out, ResponseDecoder.PAYLOAD, payload);
	}

	private EncodedFrame failure(long streamId, Status status, String text, byte[] payload, byte @Nullable [] mark,
			List<StatusDetail> details) {
		byte[] message = message(text);
		int size = 1 + ProtobufOutput.varintSize(status.code()) + ProtobufOutput.optionalSize(message.length)
				+ StatusDetails.size(details) + ((mark != null) ? ProtobufOutput.fieldSize(mark.length) : 0);
		ProtobufOutput out = begin(streamId, TtrpcHeader.RESPONSE, 0, ProtobufOutput.fieldSize(size), payload);
		out.writeLength(ResponseDecoder.STATUS, size);
		out.writeVarint(ResponseDecoder.CODE, status.code());
		if (message.length != 0) {
			out.writeBytes(ResponseDecoder.MESSAGE, message);
		}
		StatusDetails.write(out, details);
		if (mark != null) {
			out.writeBytes(ResponseDecoder.DETAILS, mark);
		}
		return finish(out, ResponseDecoder.PAYLOAD, payload);
	}

	/** Create the head of a frame, including its header. */
	private ProtobufOutput begin(long streamId, int type, int flags, long fieldsSize, byte[] payload) {
		requireStreamId(streamId);
		long length = fieldsSize + ProtobufOutput.optionalSize(payload.length);
		if (length > this.maxLength) {
			throw new FrameTooLargeException(length, this.maxLength);
		}
		int apart = (payload.length > MAX_COPY) ? payload.length : 0;
		byte[] head = new byte[TtrpcHeader.SIZE + (int) length - apart];
		TtrpcHeader.write(head, (int) length, streamId, type, flags);
		return new ProtobufOutput(head, TtrpcHeader.SIZE);
	}

	private static void requireStreamId(long streamId) {
		if (streamId < 0 || streamId >>> 32 != 0) {
			throw new IllegalArgumentException("Stream id " + streamId + " is no unsigned 32-bit number");
		}
	}

	private static EncodedFrame finish(ProtobufOutput out, int tag, byte[] payload) {
		if (payload.length > MAX_COPY) {
			out.writeLength(tag, payload.length);
			return new EncodedFrame(out.array(), payload);
		}
		if (payload.length != 0) {
			out.writeBytes(tag, payload);
		}
		return new EncodedFrame(out.array(), EMPTY_PAYLOAD);
	}

	private static long metadataSize(Map<String, List<String>> metadata) {
		long size = 0;
		for (Map.Entry<String, List<String>> entry : metadata.entrySet()) {
			int key = Utf8.length(entry.getKey());
			for (String value : entry.getValue()) {
				size += ProtobufOutput.fieldSize(entrySize(key, Utf8.length(value)));
			}
		}
		return size;
	}

	private static void writeMetadata(ProtobufOutput out, Map<String, List<String>> metadata) {
		for (Map.Entry<String, List<String>> entry : metadata.entrySet()) {
			String key = entry.getKey();
			int keyLength = Utf8.length(key);
			for (String value : entry.getValue()) {
				int valueLength = Utf8.length(value);
				out.writeLength(RequestDecoder.METADATA, entrySize(keyLength, valueLength));
				if (keyLength != 0) {
					out.writeString(MetadataDecoder.KEY, keyLength, key, 0, key.length());
				}
				if (valueLength != 0) {
					out.writeString(MetadataDecoder.VALUE, valueLength, value, 0, value.length());
				}
			}
		}
	}

	private static int entrySize(int keyLength, int valueLength) {
		return ProtobufOutput.optionalSize(keyLength) + ProtobufOutput.optionalSize(valueLength);
	}

	/**
	 * Truncate a message, between two characters, so that an error always fits its frame.
	 */
	private byte[] message(String text) {
		return Utf8.truncated(text, Math.min(MAX_MESSAGE, this.maxLength / 2));
	}

}
