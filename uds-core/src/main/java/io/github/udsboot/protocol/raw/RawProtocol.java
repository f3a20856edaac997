package io.github.udsboot.protocol.raw;

import java.nio.ByteBuffer;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.UntilEndOfInputReader;

/**
 * Bytes without boundaries: what one read returns is one message, at most as long as a
 * frame may be, and a message is written as it is. For peers that write once and then
 * read, as many small programs do; if it matters where a message ends, use another
 * protocol. A connection serves one exchange unless configured otherwise. Immutable.
 * {@code docs/protocol.md} specifies this byte by byte.
 */
public final class RawProtocol implements MessageProtocol {

	private final boolean toEnd;

	/**
	 * Create the protocol.
	 */
	public RawProtocol() {
		this(false);
	}

	private RawProtocol(boolean toEnd) {
		this.toEnd = toEnd;
	}

	@Override
	public String name() {
		return "raw";
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		return (this.toEnd && side == Side.CLIENT)
				? new UntilEndOfInputReader(limits.maxFrameSize(), RawProtocol::message)
				: new RawFrameReader(limits.maxFrameSize());
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		return new RawFrameWriter(limits.maxFrameSize());
	}

	/**
	 * Return {@code false}: neither side can tell where on a connection a second exchange
	 * would begin.
	 */
	@Override
	public boolean keepsAlive() {
		return false;
	}

	@Override
	public RawProtocol untilEndOfInput() {
		return new RawProtocol(true);
	}

	private static Frame message(ByteBuffer all) {
		byte[] payload = new byte[all.remaining()];
		all.get(payload);
		return new MessageFrame(payload);
	}

}
