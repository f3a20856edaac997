package io.github.udsboot.protocol.ttrpc;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.RefusalFrame;

/**
 * containerd's ttrpc 1.2, with streams, as described by {@code PROTOCOL.md} of
 * {@code github.com/containerd/ttrpc} and implemented in Go. {@code docs/protocol.md} of
 * this project specifies this byte by byte.
 */
public final class TtrpcProtocol implements MultiplexedProtocol {

	/** Ids are unsigned 32-bit numbers; a client stops well before they run out. */
	private static final long RETIRE_STREAM_ID = (1L << 32) - (1L << 16);

	@Override
	public String name() {
		return "ttrpc";
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		EnvelopeDecoder decoder = switch (side) {
			case CLIENT -> new ResponseDecoder();
			case SERVER -> new RequestDecoder(limits);
		};
		return new TtrpcFrameReader(decoder, limits.maxFrameSize());
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		return new TtrpcFrameWriter(limits.maxFrameSize());
	}

	/**
	 * Return an answer to the first request of a client, whatever it is. A client of this
	 * library applies it to all its requests.
	 */
	@Override
	public EncodedFrame encodeRefusal(Status status, String message) {
		return newWriter(FrameLimits.DEFAULTS).encode(new RefusalFrame(firstStreamId(), status, message));
	}

	@Override
	public long firstStreamId() {
		return 1;
	}

	@Override
	public int streamIdStep() {
		return 2;
	}

	@Override
	public long retireStreamId() {
		return RETIRE_STREAM_ID;
	}

	@Override
	public boolean hasExtensions() {
		return true;
	}

}
