package io.github.udsboot.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.ProtocolException;

/**
 * The client's side of the X Window System's protocol, version 11, as far as its framing
 * goes: what a protocol of your own comes to. Each packet is a message. All numbers are
 * in the byte order that the client announced, which must be this machine's.
 *
 * <pre>
 * first packet     status u8 | ... | n u16 at 6    8 bytes, and 4 * n more
 * reply (code 1)   code u8   | ... | n u32 at 4   32 bytes, and 4 * n more
 * error, event     code u8   | ...                32 bytes
 * </pre>
 */
final class X11SetupProtocol implements MessageProtocol {

	private static final int REPLY = 1;

	/** An event of an extension that may be longer than others. */
	private static final int GENERIC_EVENT = 35;

	@Override
	public String name() {
		return "x11";
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		if (side == Side.SERVER) {
			throw new UnsupportedOperationException("Only the client's side of X11 is here");
		}
		return new Reader(limits.maxFrameSize());
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		return (frame) -> {
			byte[] packet = ((MessageFrame) frame).payload();
			if (packet.length > limits.maxFrameSize()) {
				throw new FrameTooLargeException(packet.length, limits.maxFrameSize());
			}
			return new EncodedFrame(packet, new byte[0]);
		};
	}

	private static final class Reader implements FrameReader {

		private final int maxSize;

		private ByteBuffer packet = header(8);

		private boolean first = true;

		private boolean sized;

		private Reader(int maxSize) {
			this.maxSize = maxSize;
		}

		private static ByteBuffer header(int size) {
			return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
		}

		@Override
		public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
			fill(in);
			if (!this.sized && !this.packet.hasRemaining()) {
				this.packet = withRoomForTheRest(this.packet);
				this.sized = true;
				fill(in);
			}
			if (this.packet.hasRemaining()) {
				return null;
			}
			MessageFrame message = new MessageFrame(this.packet.array());
			this.packet = header(32);
			this.first = false;
			this.sized = false;
			return message;
		}

		private void fill(ByteBuffer in) {
			int count = Math.min(in.remaining(), this.packet.remaining());
			this.packet.put(this.packet.position(), in, in.position(), count);
			this.packet.position(this.packet.position() + count);
			in.position(in.position() + count);
		}

		private ByteBuffer withRoomForTheRest(ByteBuffer header) throws ProtocolException {
			long units = 0;
			if (this.first) {
				units = Short.toUnsignedInt(header.getShort(6));
			}
			else if ((header.get(0) & 0x7f) == REPLY || (header.get(0) & 0x7f) == GENERIC_EVENT) {
				units = Integer.toUnsignedLong(header.getInt(4));
			}
			long size = header.capacity() + 4 * units;
			if (size > this.maxSize) {
				throw new ProtocolException(
						"The X server's packet of " + size + " bytes is over the limit of " + this.maxSize + " bytes");
			}
			return header((int) size).put(header.flip());
		}

		@Override
		public @Nullable ByteBuffer target() {
			return null;
		}

		@Override
		public boolean isMidFrame() {
			return this.packet.position() > 0;
		}

	}

}
