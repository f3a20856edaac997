package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RequestFrame;

/**
 * Interprets frames on the server: makes the decisions of {@code serverConn.run} of the
 * Go implementation, in the same order.
 *
 * <pre>
 * Request = 1 service      string
 *           2 method       string
 *           3 payload      bytes
 *           4 timeout_nano int64
 *           5 metadata     repeated KeyValue { 1 key string, 2 value string }
 * </pre>
 */
final class RequestDecoder implements EnvelopeDecoder {

	static final int SERVICE = 1 << 3 | 2;

	static final int METHOD = 2 << 3 | 2;

	static final int PAYLOAD = 3 << 3 | 2;

	static final int TIMEOUT = 4 << 3;

	static final int METADATA = 5 << 3 | 2;

	private static final byte[] EMPTY_PAYLOAD = {};

	private final FrameLimits limits;

	private final ProtobufInput in = new ProtobufInput();

	private @Nullable RouteCache routes;

	private long lastStreamId;

	/** The kind of the request that was judged last. */
	private RequestFrame.Kind kind = RequestFrame.Kind.UNARY;

	private boolean betweenPeers;

	private boolean onHostClock;

	/** The type of the frame that was judged last. */
	private int type;

	RequestDecoder(FrameLimits limits) {
		this.limits = limits;
	}

	@Override
	public Verdict judge(long streamId, int type, int flags) {
		if ((streamId & 1) == 0) {
			return Verdict.EVEN_STREAM;
		}
		this.type = type;
		if (type == TtrpcHeader.DATA) {
			return (streamId <= this.lastStreamId) ? Verdict.DATA : Verdict.NO_SUCH_STREAM;
		}
		if (ExtensionCodec.comesFromClient(type)) {
			return Verdict.DATA;
		}
		if (type != TtrpcHeader.REQUEST) {
			return Verdict.IGNORE;
		}
		if (streamId <= this.lastStreamId) {
			return Verdict.STREAM_NOT_NEW;
		}
		this.lastStreamId = streamId;
		this.kind = kind(flags);
		this.betweenPeers = (flags & TtrpcHeader.BETWEEN_PEERS) != 0;
		this.onHostClock = (flags & TtrpcHeader.ON_HOST_CLOCK) != 0;
		return Verdict.DECODE;
	}

	/** As in Go's server, which takes a request with both flags for an open one. */
	private static RequestFrame.Kind kind(int flags) {
		if ((flags & TtrpcHeader.REMOTE_OPEN) != 0) {
			return RequestFrame.Kind.OPEN_STREAM;
		}
		if ((flags & TtrpcHeader.REMOTE_CLOSED) != 0) {
			return RequestFrame.Kind.STREAM;
		}
		return ((flags & TtrpcHeader.ONE_WAY) != 0) ? RequestFrame.Kind.ONE_WAY : RequestFrame.Kind.UNARY;
	}

	@Override
	public @Nullable Frame data(long streamId, int flags, byte[] data) {
		if (this.type != TtrpcHeader.DATA) {
			return ExtensionCodec.decode(this.type, streamId, data);
		}
		boolean last = (flags & TtrpcHeader.REMOTE_CLOSED) != 0;
		if (last && data.length != 0) {
			return new InvalidFrame(streamId, Status.INVALID_ARGUMENT, "A data frame that closes must hold no data");
		}
		return new DataFrame(streamId, data, !last && (flags & TtrpcHeader.NO_DATA) == 0, last);
	}

	@Override
	public int payloadTag() {
		return PAYLOAD;
	}

	@Override
	public Frame decode(long streamId, ByteBuffer data, int from, int to, byte @Nullable [] payload) {
		try {
			this.in.open(data, from, to);
			return decode(streamId, payload);
		}
		catch (EnvelopeException ex) {
			String prefix = (ex.status() == Status.INVALID_ARGUMENT) ? "Request envelope is malformed: " : "";
			return new InvalidFrame(streamId, ex.status(), prefix + ex.text());
		}
		finally {
			this.in.close();
		}
	}

	private RequestFrame decode(long streamId, byte @Nullable [] cutOut) throws EnvelopeException {
		ProtobufInput in = this.in;
		int service = 0;
		int serviceLength = 0;
		int method = 0;
		int methodLength = 0;
		int payload = 0;
		int payloadLength = -1;
		long timeout = 0;
		MetadataDecoder metadata = null;
		for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
			switch (tag) {
				case SERVICE -> {
					in.requireUtf8(service, serviceLength);
					serviceLength = in.readLength();
					service = in.position();
					in.skip(serviceLength);
				}
				case METHOD -> {
					in.requireUtf8(method, methodLength);
					methodLength = in.readLength();
					method = in.position();
					in.skip(methodLength);
				}
				case PAYLOAD -> {
					payloadLength = in.readLength();
					payload = in.position();
					in.skip(payloadLength);
				}
				case TIMEOUT -> {
					timeout = in.readVarint();
				}
				case METADATA -> {
					metadata = (metadata != null) ? metadata : new MetadataDecoder(this.limits);
					metadata.read(in);
				}
				default -> in.skipField(tag);
			}
		}
		String route = route(service, serviceLength, method, methodLength);
		Map<String, List<String>> entries = (metadata != null) ? metadata.metadata() : Map.of();
		byte[] bytes = (payloadLength > 0) ? in.bytes(payload, payloadLength)
				: (payloadLength == 0 || cutOut == null) ? EMPTY_PAYLOAD : cutOut;
		return new RequestFrame(streamId, route, bytes, timeout, entries, this.kind, this.betweenPeers,
				this.onHostClock);
	}

	private String route(int service, int serviceLength, int method, int methodLength) throws EnvelopeException {
		long length = (serviceLength != 0) ? serviceLength + 1L + methodLength : methodLength;
		if (length > this.limits.maxRouteLength()) {
			throw EnvelopeException.overLimit("Route is over the limit of " + this.limits.maxRouteLength() + " bytes");
		}
		RouteCache routes = this.routes;
		if (routes == null) {
			routes = new RouteCache();
			this.routes = routes;
		}
		return routes.route(this.in, service, serviceLength, method, methodLength);
	}

}
