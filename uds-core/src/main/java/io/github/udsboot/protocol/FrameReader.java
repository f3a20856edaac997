package io.github.udsboot.protocol;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one connection into frames. Keeps what is left of a partial frame
 * between calls, so that the caller's buffer can serve many connections. Not thread-safe:
 * one reader belongs to one connection, and whoever holds its reading role.
 */
public interface FrameReader {

	/**
	 * Read the next frame.
	 * @param in the bytes that arrived, between position and limit, in a buffer of
	 * big-endian order; its position is advanced past what was used, its limit stays
	 * @return the frame, or {@code null} when the bytes hold no whole frame: then all of
	 * them were consumed and are kept
	 * @throws ProtocolException if the bytes cannot be of this protocol; the connection
	 * must be closed
	 */
	@Nullable Frame read(ByteBuffer in) throws ProtocolException;

	/**
	 * Return a part of a large frame under way, for the caller to read into directly.
	 * Whenever bytes went into it, call {@link #read} with any buffer, also an empty one:
	 * it returns the frame, or {@code null} when more is to come, be it into the same
	 * target, another one or none. The caller may pass it over and hand all bytes to
	 * {@link #read}.
	 * @return a buffer with room between its position and limit, or {@code null} when the
	 * next bytes should go through a buffer of the caller's
	 */
	@Nullable ByteBuffer target();

	/**
	 * Return whether a frame has begun and not ended.
	 * @return {@code true} when the end of the input now would be a truncation
	 */
	boolean isMidFrame();

	/**
	 * Return how much memory the frame under way takes, and takes as soon as more of it
	 * arrives. The caller reads no further while it has no room for it.
	 * @return the number of bytes, about; 0, which is the default, between frames
	 */
	default long heldBytes() {
		return 0;
	}

	/**
	 * Take note that the input has ended, after all bytes were read.
	 * @return the last frame, where the end of the input is what ends it, or
	 * {@code null}, which is the default
	 * @throws ProtocolException if the input must not end here
	 */
	default @Nullable Frame end() throws ProtocolException {
		return null;
	}

}
