package io.github.udsboot.fuzz;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;

/**
 * A decoder of frames, and what is particular to it. The first byte of an input says
 * which limits, and may say more.
 */
abstract class Decoder {

	/** Defaults, and some that are crossed often. */
	private static final FrameLimits[] LIMITS = { new FrameLimits(40_000, 256, 8, 64), FrameLimits.DEFAULTS,
			new FrameLimits(100, 16, 2, 8), new FrameLimits(1_000, 8 << 10, 64, 255) };

	/** How many bits of the first byte are taken. */
	static final int LIMIT_BITS = 2;

	static FrameLimits limits(int setup) {
		return LIMITS[setup & 3];
	}

	/** Return a reader as the first byte wants it. */
	abstract FrameReader newReader(int setup);

	/**
	 * Return how much a reader may hold of a frame of which so many bytes have arrived.
	 */
	abstract long heldBound(int setup, long arrived);

	/** Check that a frame is within the limits. */
	abstract void check(Frame frame, int setup);

	/**
	 * Encode what was decoded.
	 * @return {@code null} if this side never writes such a frame
	 */
	abstract @Nullable EncodedFrame encode(Frame frame, int setup);

	/** Return what was encoded as a peer reads it. */
	abstract List<Frame> readAgain(EncodedFrame encoded, Frame frame, int setup) throws Exception;

	/** Return what is left of a frame that was written, as far as it means something. */
	Frame normalized(Frame frame, int setup) {
		return frame;
	}

	/**
	 * Return an input with what is missing of its last frame, if its setup says so: large
	 * frames are made of small inputs, which are tried many times as often.
	 */
	byte[] complete(byte[] input, int setup) {
		return input;
	}

	/** Return whether a frame that was written and read says all that it said before. */
	boolean isExact(Frame frame) {
		return true;
	}

	/**
	 * Decode in the simplest way there is, at whatever cost.
	 * @return the frames, or {@code null} if there is no simple way
	 */
	@Nullable List<Frame> model(byte[] input, int setup) {
		return null;
	}

	/** Return whether the reader may hold something between two frames. */
	boolean gathersToTheEnd() {
		return false;
	}

	/** Return inputs with frames as encoders write them. */
	abstract List<byte[]> seeds();

}
