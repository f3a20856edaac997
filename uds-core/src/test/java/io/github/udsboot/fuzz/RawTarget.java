package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.raw.RawProtocol;

/**
 * Bytes without boundaries: however they arrive, the same bytes come out, in messages up
 * to the limit, or as one.
 */
final class RawTarget implements FuzzTarget {

	private final RawProtocol protocol = new RawProtocol();

	@Override
	public void accept(byte[] input) throws Exception {
		if (input.length == 0) {
			return;
		}
		FrameLimits limits = Decoder.limits(input[0]);
		inMessages(input, limits);
		toTheEnd(input, limits);
	}

	private void inMessages(byte[] input, FrameLimits limits) throws Exception {
		FrameReader reader = this.protocol.newReader(Side.SERVER, limits);
		SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
		ByteBuffer out = ByteBuffer.allocate(input.length);
		int at = 1;
		while (at < input.length) {
			int size = random.nextInt(1, input.length - at + 1);
			ByteBuffer in = ByteBuffer.wrap(input, at, size);
			for (Frame frame = reader.read(in); frame != null; frame = reader.read(in)) {
				byte[] payload = ((MessageFrame) frame).payload();
				Require.that(payload.length > 0 && payload.length <= limits.maxFrameSize(), () -> "Over the limit");
				out.put(payload);
			}
			Require.that(!in.hasRemaining() && !reader.isMidFrame() && reader.heldBytes() == 0, () -> "Left " + in);
			at += size;
		}
		Require.that(out.flip().equals(ByteBuffer.wrap(input, 1, input.length - 1)), () -> "Other bytes");
	}

	private void toTheEnd(byte[] input, FrameLimits limits) throws Exception {
		FrameReader reader = this.protocol.untilEndOfInput().newReader(Side.CLIENT, limits);
		SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
		int at = 1;
		boolean tooLong = false;
		while (at < input.length && !tooLong) {
			int size = random.nextInt(1, input.length - at + 1);
			at += size;
			try {
				Require.that(reader.read(ByteBuffer.wrap(input, at - size, size)) == null, () -> "Too early");
			}
			catch (ProtocolException ex) {
				tooLong = true;
			}
			int arrived = at - 1;
			Require.that(tooLong == (arrived > limits.maxFrameSize()), () -> "Limit at " + arrived + " bytes");
			Require.that(reader.heldBytes() <= Math.min(192 + 6L * arrived, 2L * limits.maxFrameSize()),
					() -> reader.heldBytes() + " bytes are held of " + arrived);
		}
		if (!tooLong) {
			MessageFrame all = (MessageFrame) reader.end();
			Require.that((all != null) ? Arrays.equals(all.payload(), Arrays.copyOfRange(input, 1, input.length))
					: input.length == 1, () -> "Other bytes to the end");
			Require.that(reader.end() == null, () -> "A second end");
		}
	}

	@Override
	public long allowedBytes(int length) {
		return (64 << 10) + 100L * length;
	}

	@Override
	public List<byte[]> seeds() {
		return List.of(LineDecoderSetup.input(0, "x"), LineDecoderSetup.input(2, "x".repeat(100)),
				LineDecoderSetup.input(2, "x".repeat(101)), LineDecoderSetup.input(3, "x".repeat(1_100)));
	}

}
