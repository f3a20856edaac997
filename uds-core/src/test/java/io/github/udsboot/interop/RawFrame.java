package io.github.udsboot.interop;

import java.nio.ByteBuffer;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;

import io.github.udsboot.Status;

/**
 * A ttrpc frame, written and read without the code under test.
 *
 * @param streamId the stream id
 * @param type the type
 * @param flags the flags
 * @param data what follows the header
 */
record RawFrame(int streamId, int type, int flags, ByteString data) {

	static final int HEADER = 10;

	static final int REQUEST = 1;

	static final int RESPONSE = 2;

	static RawFrame parse(byte[] frame) {
		ByteBuffer in = ByteBuffer.wrap(frame);
		int length = in.getInt();
		RawFrame parsed = new RawFrame(in.getInt(), in.get(), in.get(), ByteString.copyFrom(in));
		if (parsed.data.size() != length) {
			throw new IllegalArgumentException("Length " + length + " does not fit " + parsed);
		}
		return parsed;
	}

	static RawFrame request(int streamId, String service, String method, MessageLite payload) {
		UnknownFieldSet envelope = UnknownFieldSet.newBuilder()
			.addField(1, field(ByteString.copyFromUtf8(service)))
			.addField(2, field(ByteString.copyFromUtf8(method)))
			.addField(3, field(payload.toByteString()))
			.build();
		return new RawFrame(streamId, REQUEST, 0, envelope.toByteString());
	}

	private static UnknownFieldSet.Field field(ByteString value) {
		return UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build();
	}

	static byte[] header(int length, int streamId, int type) {
		return ByteBuffer.allocate(HEADER).putInt(length).putInt(streamId).put((byte) type).put((byte) 0).array();
	}

	byte[] bytes() {
		byte[] bytes = new byte[HEADER + this.data.size()];
		System.arraycopy(header(this.data.size(), this.streamId, this.type), 0, bytes, 0, HEADER);
		this.data.copyTo(bytes, HEADER);
		return bytes;
	}

	/** Return the status of a response. */
	Status status() {
		List<ByteString> status = envelope().getField(1).getLengthDelimitedList();
		if (status.isEmpty()) {
			return Status.OK;
		}
		List<Long> code = parse(status.get(0)).getField(1).getVarintList();
		return Status.fromCode(code.isEmpty() ? 0 : code.get(0).intValue());
	}

	/** Return the payload of a response. */
	ByteString payload() {
		List<ByteString> payload = envelope().getField(2).getLengthDelimitedList();
		return payload.isEmpty() ? ByteString.EMPTY : payload.get(0);
	}

	private UnknownFieldSet envelope() {
		return parse(this.data);
	}

	private static UnknownFieldSet parse(ByteString message) {
		try {
			return UnknownFieldSet.parseFrom(message);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new AssertionError("No protobuf message: " + message, ex);
		}
	}

}
