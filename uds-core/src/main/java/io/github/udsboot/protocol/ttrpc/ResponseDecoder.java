package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * Interprets frames on the client. Everything other than a response, data or an extension
 * fails the call on its stream, as in {@code Client.dispatch} of the Go implementation.
 *
 * <pre>
 * Response = 1 status  google.rpc.Status { 1 code int32, 2 message string,
 *                                          3 details repeated google.protobuf.Any }
 *            2 payload bytes
 * </pre>
 */
final class ResponseDecoder implements EnvelopeDecoder {

	static final int STATUS = 1 << 3 | 2;

	static final int PAYLOAD = 2 << 3 | 2;

	static final int CODE = 1 << 3;

	static final int MESSAGE = 2 << 3 | 2;

	static final int DETAILS = 3 << 3 | 2;

	private static final byte[] EMPTY_PAYLOAD = {};

	private final ProtobufInput in = new ProtobufInput();

	/** The type of the frame that was judged last. */
	private int type;

	private int code;

	private String message = "";

	private final StatusDetails details = new StatusDetails();

	@Override
	public Verdict judge(long streamId, int type, int flags) {
		this.type = type;
		return switch (type) {
			case TtrpcHeader.RESPONSE -> Verdict.DECODE;
			case TtrpcHeader.DATA -> Verdict.DATA;
			default -> ExtensionCodec.comesFromServer(type) ? Verdict.DATA : Verdict.NO_RESPONSE;
		};
	}

	/** As in Go's client, which accepts an item along with the end. */
	@Override
	public @Nullable Frame data(long streamId, int flags, byte[] data) {
		if (this.type != TtrpcHeader.DATA) {
			return ExtensionCodec.decode(this.type, streamId, data);
		}
		return new DataFrame(streamId, data, (flags & TtrpcHeader.NO_DATA) == 0,
				(flags & TtrpcHeader.REMOTE_CLOSED) != 0);
	}

	@Override
	public int payloadTag() {
		return PAYLOAD;
	}

	@Override
	public Frame decode(long streamId, ByteBuffer data, int from, int to, byte @Nullable [] payload) {
		this.code = 0;
		this.message = "";
		this.details.clear();
		try {
			this.in.open(data, from, to);
			byte[] bytes = decode(payload);
			if (this.details.scope() == NotDispatched.Scope.CONNECTION && this.code != 0) {
				return new RefusalFrame(streamId, Status.fromCode(this.code), this.message);
			}
			return new ResponseFrame(streamId, Status.fromCode(this.code), this.message, bytes,
					this.details.scope() != NotDispatched.Scope.NOTHING, this.details.others());
		}
		catch (EnvelopeException ex) {
			return new InvalidFrame(streamId, Status.INTERNAL, "Response envelope is malformed: " + ex.text());
		}
		finally {
			this.in.close();
		}
	}

	private byte[] decode(byte @Nullable [] cutOut) throws EnvelopeException {
		ProtobufInput in = this.in;
		int payload = 0;
		int length = -1;
		for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
			switch (tag) {
				case STATUS -> readStatus(in);
				case PAYLOAD -> {
					length = in.readLength();
					payload = in.position();
					in.skip(length);
				}
				default -> in.skipField(tag);
			}
		}
		return (length > 0) ? in.bytes(payload, length) : (length == 0 || cutOut == null) ? EMPTY_PAYLOAD : cutOut;
	}

	/** Read a status into one that may have been read before, which merges the two. */
	private void readStatus(ProtobufInput in) throws EnvelopeException {
		int outer = in.enter();
		for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
			switch (tag) {
				case CODE -> {
					this.code = (int) in.readVarint();
				}
				case MESSAGE -> {
					this.message = in.readString();
				}
				case DETAILS -> this.details.read(in);
				default -> in.skipField(tag);
			}
		}
		in.leave(outer);
	}

}
