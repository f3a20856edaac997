package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;

/**
 * What a reader makes of bytes that arrive in chunks. Looks after each chunk at what the
 * reader holds.
 */
final class Decoding {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private static final byte[] RUBBISH = new byte[1 << 16];

	static {
		Arrays.fill(RUBBISH, (byte) 0xee);
	}

	private static final ByteBuffer SHARED = ByteBuffer.allocateDirect(RUBBISH.length);

	private final Decoder decoder;

	private final int setup;

	private final FrameReader reader;

	private final List<Frame> frames = new ArrayList<>();

	/** For each frame, how many bytes were read when it came. */
	private final List<Integer> ends = new ArrayList<>();

	private @Nullable ProtocolException failure;

	private @Nullable Frame atTheEnd;

	private int begin;

	private Decoding(Decoder decoder, int setup) {
		this.decoder = decoder;
		this.setup = setup;
		this.reader = decoder.newReader(setup);
	}

	/**
	 * Decode bytes.
	 * @param bytes holds the bytes
	 * @param from the index of the first of them
	 * @param chunks how many arrive at once
	 * @param targets whether to read into the reader's own memory where it offers any
	 */
	static Decoding of(Decoder decoder, int setup, byte[] bytes, int from, IntSupplier chunks, boolean targets) {
		Decoding decoding = new Decoding(decoder, setup);
		try {
			decoding.feed(bytes, from, chunks, targets);
			decoding.atTheEnd = decoding.reader.end();
		}
		catch (ProtocolException ex) {
			Require.that(ex.getMessage() != null && !ex.getMessage().isBlank(), () -> "A failure says nothing");
			decoding.failure = ex;
		}
		return decoding;
	}

	private void feed(byte[] bytes, int from, IntSupplier chunks, boolean targets) throws ProtocolException {
		int at = from;
		while (at < bytes.length) {
			int size = Math.min(chunks.getAsInt(), bytes.length - at);
			ByteBuffer target = targets ? this.reader.target() : null;
			if (target != null) {
				Require.that(target.hasRemaining(), () -> "A target has no room");
				size = Math.min(size, target.remaining());
				target.put(bytes, at, size);
				read(NOTHING, at + size - from);
			}
			else {
				size = Math.min(size, SHARED.capacity());
				read(SHARED.clear().put(bytes, at, size).flip(), at - from);
				SHARED.clear().put(RUBBISH, 0, size);
			}
			at += size;
			checkHeld(at - from);
		}
	}

	private void read(ByteBuffer in, int before) throws ProtocolException {
		int limit = in.limit();
		Frame frame = this.reader.read(in);
		while (frame != null) {
			this.begin = before + in.position();
			this.frames.add(frame);
			this.ends.add(this.begin);
			frame = this.reader.read(in);
		}
		Require.that(in.limit() == limit && !in.hasRemaining(), () -> "The reader left " + in);
	}

	private void checkHeld(int arrived) {
		long held = this.reader.heldBytes();
		int ofThis = arrived - this.begin;
		long bound = this.decoder.heldBound(this.setup, ofThis);
		Require.that(held >= 0 && held <= bound,
				() -> held + " bytes are held, more than " + bound + ", of a frame of which " + ofThis + " arrived");
		if (!this.decoder.gathersToTheEnd() && !this.reader.isMidFrame()) {
			Require.that(held == 0 && this.reader.target() == null, () -> held + " bytes are held between frames");
		}
	}

	List<Frame> frames() {
		return this.frames;
	}

	/** Return all frames, with what the end of the input has made one. */
	List<Frame> all() {
		if (this.atTheEnd == null) {
			return this.frames;
		}
		List<Frame> all = new ArrayList<>(this.frames);
		all.add(this.atTheEnd);
		return all;
	}

	/** Check that the same bytes were the same frames, at the same bytes. */
	void requireSame(Decoding other, String chunks) {
		Require.that(Frames.same(this.frames, other.frames), () -> "Other frames " + chunks + ": "
				+ Frames.text(other.frames) + " instead of " + Frames.text(this.frames));
		Require.that(this.ends.equals(other.ends),
				() -> "Frames that end at " + other.ends + " instead of " + this.ends + " " + chunks);
		Require.that(String.valueOf(this.failure).equals(String.valueOf(other.failure)),
				() -> "Failure " + other.failure + " instead of " + this.failure + " " + chunks);
		Require.that(Frames.same(this.atTheEnd, other.atTheEnd), () -> "Another frame at the end " + chunks);
		Require.that(this.failure != null || this.reader.isMidFrame() == other.reader.isMidFrame(),
				() -> "Within a frame or not " + chunks);
	}

}
