package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * The data of a frame that did not arrive at once. Exists until the frame is complete, so
 * that an idle connection holds no memory for frames.
 */
interface FrameBody {

	/**
	 * Take the bytes that belong to this frame.
	 * @param in the bytes that arrived
	 * @return whether the data is complete
	 */
	boolean fill(ByteBuffer in);

	/**
	 * Return the buffer to read into directly.
	 */
	@Nullable ByteBuffer target();

	/**
	 * Return how much memory the data takes, and will take as soon as more of it arrives.
	 */
	long heldBytes();

	/**
	 * Return the frame, or {@code null} if it is to be ignored. Called once, when the
	 * data is complete.
	 */
	@Nullable Frame finish();

	/**
	 * Move as many bytes as one buffer has and the other has room for.
	 * @return whether there is no room left
	 */
	static boolean move(ByteBuffer in, ByteBuffer out) {
		int length = Math.min(in.remaining(), out.remaining());
		out.put(out.position(), in, in.position(), length);
		out.position(out.position() + length);
		in.position(in.position() + length);
		return !out.hasRemaining();
	}

}
