package io.github.udsboot.protocol;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one connection into frames. Keeps the rest of a partial frame
 * between calls, so that the caller's buffer can serve many connections. Not thread-safe:
 * a reader belongs to one connection and to the thread with its reading role.
 */
public interface FrameReader {

	/**
	 * Read the next frame.
	 * @param in the bytes that arrived, between position and limit, in a buffer with
	 * big-endian order; its position moves past the bytes that were used, its limit stays
	 * @return the frame, or {@code null} if the bytes contain no whole frame; all of them
	 * have then been consumed and are kept
	 * @throws ProtocolException if the bytes violate the protocol; the connection must be
	 * closed
	 */
	@Nullable Frame read(ByteBuffer in) throws ProtocolException;

	/**
	 * Return a part of a large unfinished frame, for the caller to read into directly.
	 * Whenever bytes have been read into it, call {@link #read} with any buffer, even an
	 * empty one: it returns the frame, or {@code null} if more is to come, into the same
	 * target, another one or none. The caller may ignore the target and pass all bytes to
	 * {@link #read}.
	 * @return a buffer with room between its position and limit, or {@code null} if the
	 * next bytes should go through a buffer of the caller
	 */
	@Nullable ByteBuffer target();

	/**
	 * Return whether a frame has begun but not ended.
	 * @return {@code true} if the end of the input would now be a truncation
	 */
	boolean isMidFrame();

	/**
	 * Return how much memory the unfinished frame takes, and will take as soon as more of
	 * it arrives. The caller reads no further while it has no room for it.
	 * @return the approximate number of bytes; 0, which is the default, between frames
	 */
	default long heldBytes() {
		return 0;
	}

	/**
	 * Note that the input has ended, after all bytes have been read.
	 * @return the last frame, if the end of the input is what ends it, or {@code null},
	 * which is the default
	 * @throws ProtocolException if the input must not end here
	 */
	default @Nullable Frame end() throws ProtocolException {
		return null;
	}

}
