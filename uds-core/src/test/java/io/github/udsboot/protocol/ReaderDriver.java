package io.github.udsboot.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Feeds bytes to a reader as a connection does: into the target where there is one, else
 * through a buffer that is used for something else right after.
 */
public final class ReaderDriver {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private static final byte[] RUBBISH = new byte[1 << 16];

	static {
		Arrays.fill(RUBBISH, (byte) 0xee);
	}

	private final FrameReader reader;

	private final ByteBuffer shared;

	public ReaderDriver(FrameReader reader) {
		this(reader, newBuffer());
	}

	/** Create a driver with a buffer that serves many, one after the other. */
	public ReaderDriver(FrameReader reader, ByteBuffer shared) {
		this.reader = reader;
		this.shared = shared;
	}

	public static ByteBuffer newBuffer() {
		return ByteBuffer.allocateDirect(RUBBISH.length);
	}

	/** Feed all at once. */
	public List<Frame> feed(byte[] bytes) throws ProtocolException {
		return feed(bytes, () -> Integer.MAX_VALUE);
	}

	/** Feed in chunks of the sizes given. */
	public List<Frame> feed(byte[] bytes, IntSupplier chunks) throws ProtocolException {
		List<Frame> frames = new ArrayList<>();
		int at = 0;
		while (at < bytes.length) {
			int size = Math.min(chunks.getAsInt(), bytes.length - at);
			ByteBuffer target = this.reader.target();
			if (target != null) {
				size = Math.min(size, target.remaining());
				target.put(bytes, at, size);
				read(NOTHING, frames);
			}
			else {
				size = Math.min(size, this.shared.capacity());
				read(this.shared.clear().put(bytes, at, size).flip(), frames);
				this.shared.clear().put(RUBBISH, 0, size);
			}
			at += size;
		}
		return frames;
	}

	private void read(ByteBuffer in, List<Frame> frames) throws ProtocolException {
		Frame frame = this.reader.read(in);
		while (frame != null) {
			frames.add(frame);
			frame = this.reader.read(in);
		}
		// no AssertJ here, for the allocations of a reader are counted around this
		if (in.hasRemaining()) {
			throw new AssertionError("The reader left " + in.remaining() + " bytes");
		}
	}

}
