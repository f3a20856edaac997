package io.github.udsboot.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;

/**
 * A reader of frames: only a {@code ProtocolException} comes out of it; the same bytes
 * are the same frames, however they arrive; it holds no more than a few times what has
 * arrived; no frame is above the limits; what is written of a frame is read as the same
 * frame.
 */
final class ReaderTarget implements FuzzTarget {

	/** Longer inputs arrive in ones now and then, for the sake of time. */
	private static final int ONE_BY_ONE = 200;

	/** Even longer ones never do. */
	private static final int NEVER_ONE_BY_ONE = 1_000;

	private static final int MOST_PIECES = 250;

	private final Decoder decoder;

	ReaderTarget(Decoder decoder) {
		this.decoder = decoder;
	}

	@Override
	public void accept(byte[] bytes) throws Exception {
		if (bytes.length == 0) {
			return;
		}
		int setup = bytes[0] & 0xff;
		byte[] input = this.decoder.complete(bytes, setup);
		Decoding whole = Decoding.of(this.decoder, setup, input, 1, () -> Integer.MAX_VALUE, false);
		// the same each time, as the input is the only thing that decides
		SplittableRandom random = new SplittableRandom(Arrays.hashCode(bytes));
		int least = arrivesInOnes(input.length, random) ? 1
				: Math.max(random.nextInt(7, 62), input.length / MOST_PIECES);
		whole.requireSame(Decoding.of(this.decoder, setup, input, 1, () -> least, false),
				"in pieces of " + least + " bytes");
		int greatest = Math.max(1 << random.nextInt(1, 14), input.length / MOST_PIECES);
		boolean targets = random.nextInt(4) != 0;
		whole.requireSame(Decoding.of(this.decoder, setup, input, 1, () -> random.nextInt(1, greatest + 1), targets),
				"in pieces of up to " + greatest + " bytes");
		List<Frame> model = this.decoder.model(input, setup);
		Require.that(model == null || Frames.same(model, whole.all()),
				() -> "Frames" + Frames.text(whole.all()) + " instead of " + Frames.text(model));
		for (Frame frame : whole.all()) {
			check(frame, setup);
		}
	}

	private static boolean arrivesInOnes(int length, SplittableRandom random) {
		return length <= ONE_BY_ONE || (length <= NEVER_ONE_BY_ONE && random.nextInt(4) == 0);
	}

	private void check(Frame frame, int setup) throws Exception {
		if (frame instanceof InvalidFrame invalid) {
			Require.that(!invalid.message().isBlank() && invalid.status().code() != 0, () -> "Says nothing: " + frame);
		}
		this.decoder.check(frame, setup);
		EncodedFrame encoded = this.decoder.encode(frame, setup);
		if (encoded == null) {
			return;
		}
		Frame expected = this.decoder.normalized(frame, setup);
		List<Frame> again = this.decoder.readAgain(encoded, frame, setup);
		Require.that(again.size() == 1 && Frames.same(expected, again.get(0)),
				() -> "Written and read again:" + Frames.text(again) + " instead of\n  " + FrameText.of(expected));
		if (frame.getClass() == expected.getClass() && this.decoder.isExact(frame)) {
			EncodedFrame twice = this.decoder.encode(again.get(0), setup);
			Require.that(twice != null && Arrays.equals(Frames.bytes(encoded), Frames.bytes(twice)),
					() -> "Written otherwise the second time: " + FrameText.of(frame));
		}
	}

	/**
	 * Three bodies that begin, a few objects for each byte, and what may be a failure.
	 */
	@Override
	public long allowedBytes(int length) {
		return (768 << 10) + 500L * length;
	}

	@Override
	public List<byte[]> seeds() {
		return this.decoder.seeds();
	}

}
