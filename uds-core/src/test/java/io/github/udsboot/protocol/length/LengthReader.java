package io.github.udsboot.protocol.length;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;

/**
 * The example's reader.
 */
final class LengthReader implements FrameReader {

	private final int limit;

	private final ByteBuffer length = ByteBuffer.allocate(2);

	private @Nullable ByteBuffer data;

	LengthReader(int limit) {
		this.limit = limit;
	}

	@Override
	public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
		while (this.data == null && in.hasRemaining()) {
			if (!this.length.put(in.get()).hasRemaining()) {
				this.data = ByteBuffer.allocate(checked(this.length.getShort(0) & 0xffff));
				this.length.clear();
			}
		}
		if (this.data == null) {
			return null;
		}
		int count = Math.min(in.remaining(), this.data.remaining());
		this.data.put(in.slice(in.position(), count));
		in.position(in.position() + count);
		if (this.data.hasRemaining()) {
			return null;
		}
		Frame frame = new MessageFrame(this.data.array());
		this.data = null;
		return frame;
	}

	private int checked(int size) throws ProtocolException {
		if (size > this.limit) {
			throw new ProtocolException("Message of " + size + " bytes is over the limit of " + this.limit + " bytes");
		}
		return size;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	@Override
	public boolean isMidFrame() {
		return this.data != null || this.length.position() > 0;
	}

}
