package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.length.LengthProtocol;

/**
 * The protocol that {@code docs/protocol.md} shows how to write: others may do as it
 * does.
 */
final class LengthDecoder extends Decoder {

	private final LengthProtocol protocol = new LengthProtocol();

	@Override
	FrameReader newReader(int setup) {
		return this.protocol.newReader(Side.SERVER, limits(setup));
	}

	/** It says nothing of what it holds, which is 64 KiB at most. */
	@Override
	long heldBound(int setup, long arrived) {
		return 0;
	}

	@Override
	void check(Frame frame, int setup) {
		Require.that(((MessageFrame) frame).payload().length <= limits(setup).maxFrameSize(), () -> "Over the limit");
	}

	@Override
	@Nullable EncodedFrame encode(Frame frame, int setup) {
		return this.protocol.newWriter(limits(setup)).encode(frame);
	}

	@Override
	List<Frame> readAgain(EncodedFrame encoded, Frame frame, int setup) throws Exception {
		ByteBuffer bytes = ByteBuffer.wrap(Frames.bytes(encoded));
		FrameReader reader = newReader(setup);
		List<Frame> frames = new ArrayList<>();
		for (Frame read = reader.read(bytes); read != null; read = reader.read(bytes)) {
			frames.add(read);
		}
		return frames;
	}

	@Override
	List<byte[]> seeds() {
		return List.of(LineDecoderSetup.input(0, "\0\2ab"), LineDecoderSetup.input(0, "\0\0\0\1a\0\2ab\0"),
				LineDecoderSetup.input(2, "\0\144" + "x".repeat(100)), LineDecoderSetup.input(2, "\0\145"),
				LineDecoderSetup.input(1, "\4\0" + "x".repeat(1_024)));
	}

}
