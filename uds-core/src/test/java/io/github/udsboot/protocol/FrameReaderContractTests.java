package io.github.udsboot.protocol;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every framed protocol's reader and writer must do together.
 */
public abstract class FrameReaderContractTests {

	private static final int FUZZ_INPUTS_EACH_SIDE = 100_000;

	/** Small enough to be crossed often, large enough for frames with a target. */
	private static final FrameLimits FUZZ_LIMITS = new FrameLimits(40_000, 256, 8, 64);

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	protected abstract WireProtocol protocol();

	/**
	 * Return frames, in order, that the peer of a side may send on one connection; small
	 * and large ones, no larger than the default limit and most of them smaller than 100
	 * bytes.
	 */
	protected abstract List<Frame> framesTo(Side side);

	/** Return a frame for the given side whose size counts as this against the limit. */
	protected abstract Frame frameOfSize(Side side, int size);

	/** Encode a frame, by default with the writer that all frames go through. */
	protected EncodedFrame encode(FrameWriter writer, Frame frame) {
		return writer.encode(frame);
	}

	@ParameterizedTest
	@EnumSource
	void framesSurviveTheRoundTrip(Side side) throws Exception {
		for (Frame frame : framesTo(side)) {
			assertThat(FrameText.of(driver(side).feed(encode(frame)))).containsExactly(FrameText.of(frame));
		}
	}

	@ParameterizedTest
	@EnumSource
	void framesThatArriveByteByByteAreTheSame(Side side) throws Exception {
		List<Frame> frames = framesTo(side);
		assertThat(FrameText.of(driver(side).feed(encode(frames), () -> 1)))
			.containsExactlyElementsOf(FrameText.of(frames));
	}

	@ParameterizedTest
	@EnumSource
	void framesThatArriveAtOnceAreTheSame(Side side) throws Exception {
		List<Frame> frames = framesTo(side);
		assertThat(FrameText.of(driver(side).feed(encode(frames)))).containsExactlyElementsOf(FrameText.of(frames));
	}

	@ParameterizedTest
	@EnumSource
	void framesAreTheSameWhereverTheBytesAreSplit(Side side) throws Exception {
		List<Frame> frames = framesTo(side);
		byte[] bytes = encode(frames);
		List<String> expected = FrameText.of(frames);
		Random random = new Random(1);
		for (int greatest : new int[] { 3, 30, 300, 3_000, 30_000, 300_000 }) {
			for (int i = 0; i < 10; i++) {
				assertThat(FrameText.of(driver(side).feed(bytes, () -> 1 + random.nextInt(greatest))))
					.containsExactlyElementsOf(expected);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void truncatedFrameYieldsNothingAndTheReaderKnows(Side side) throws Exception {
		for (Frame frame : framesTo(side)) {
			byte[] bytes = encode(frame);
			int step = Math.max(1, bytes.length / 200);
			for (int length = 0; length < bytes.length; length += step) {
				FrameReader reader = reader(side);
				ReaderDriver driver = new ReaderDriver(reader);
				assertThat(driver.feed(Arrays.copyOf(bytes, length))).isEmpty();
				assertThat(reader.isMidFrame()).isEqualTo(length > 0);
				assertThat(FrameText.of(driver.feed(Arrays.copyOfRange(bytes, length, bytes.length))))
					.containsExactly(FrameText.of(frame));
				assertThat(reader.isMidFrame()).isFalse();
				assertThat(reader.target()).isNull();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void endOfTheInputMakesNoFrame(Side side) throws Exception {
		FrameReader reader = reader(side);
		new ReaderDriver(reader).feed(encode(framesTo(side)));
		assertThat(reader.end()).isNull();
		for (Frame frame : framesTo(side)) {
			byte[] bytes = encode(frame);
			FrameReader truncated = reader(side);
			new ReaderDriver(truncated).feed(Arrays.copyOf(bytes, bytes.length - 1));
			assertThat(truncated.end()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	void frameIsReadUpToTheLimitAndRefusedAboveIt(Side side) throws Exception {
		for (int limit : new int[] { 100, 1_000, 20_000, 100_000, 4 << 20 }) {
			FrameLimits limits = new FrameLimits(limit, 8 << 10, 64, 255);
			for (int size = limit - 1; size <= limit; size++) {
				Frame frame = frameOfSize(side, size);
				assertThat(FrameText.of(new ReaderDriver(protocol().newReader(side, limits)).feed(encode(frame))))
					.containsExactly(FrameText.of(frame));
			}
			for (int size : new int[] { limit + 1, limit + 2, 3 * limit }) {
				FrameReader reader = protocol().newReader(side, limits);
				List<Frame> refused = new ReaderDriver(reader).feed(encode(frameOfSize(side, size)));
				assertThat(refused).singleElement()
					.isInstanceOfSatisfying(InvalidFrame.class,
							(invalid) -> assertThat(invalid.status()).isEqualTo(Status.RESOURCE_EXHAUSTED))
					.extracting((invalid) -> ((InvalidFrame) invalid).message())
					.asString()
					.contains(String.valueOf(limit));
				assertThat(reader.isMidFrame()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 1_000, 20_000, 4 << 20 })
	void frameIsWrittenUpToTheLimitAndRefusedAboveIt(int limit) {
		FrameWriter writer = protocol().newWriter(new FrameLimits(limit, 8 << 10, 64, 255));
		for (Side side : Side.values()) {
			assertThat(writer.encode(frameOfSize(side, limit)).size()).isGreaterThanOrEqualTo(limit);
			assertThatExceptionOfType(FrameTooLargeException.class)
				.isThrownBy(() -> writer.encode(frameOfSize(side, limit + 1)))
				.withMessageContaining(String.valueOf(limit));
		}
	}

	@Test
	void readerAtRestHoldsNothing() throws Exception {
		for (Side side : Side.values()) {
			FrameReader reader = reader(side);
			assertThat(new ReaderDriver(reader).feed(new byte[0])).isEmpty();
			assertThat(reader.isMidFrame()).isFalse();
			assertThat(reader.target()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	void garbageGivesFramesOrAnErrorAndAllocatesNoMoreThanTheLimit(Side side) {
		List<byte[]> seeds = framesTo(side).stream().map(this::encode).filter((seed) -> seed.length < 60_000).toList();
		Fuzzer fuzzer = new Fuzzer(seeds, 20_260_101);
		for (int i = 0; i < FUZZ_INPUTS_EACH_SIDE; i++) {
			byte[] input = fuzzer.next();
			fuzz(side, input, fuzzer, i);
		}
	}

	private void fuzz(Side side, byte[] input, Fuzzer fuzzer, int number) {
		long allowed = FUZZ_LIMITS.maxFrameSize() + 64L * input.length + 16_384;
		long allocated = allocatedBy(side, input, fuzzer, number);
		if (allocated > allowed) {
			// once more, for the JVM allocates too when code runs for the first time
			allocated = allocatedBy(side, input, fuzzer, number);
		}
		if (allocated > allowed) {
			throw new AssertionError("Input " + number + " of " + input.length + " bytes made the reader allocate "
					+ allocated + " bytes: " + HexFormat.of().formatHex(input));
		}
	}

	private long allocatedBy(Side side, byte[] input, Fuzzer fuzzer, int number) {
		ReaderDriver driver = fuzzer.driver(protocol().newReader(side, FUZZ_LIMITS));
		long before = this.threads.getCurrentThreadAllocatedBytes();
		try {
			driver.feed(input, fuzzer::chunk);
		}
		catch (ProtocolException ex) {
			assertThat(ex.getMessage()).isNotBlank();
		}
		catch (Throwable ex) {
			throw new AssertionError("Input " + number + ": " + HexFormat.of().formatHex(input), ex);
		}
		return this.threads.getCurrentThreadAllocatedBytes() - before;
	}

	protected final FrameReader reader(Side side) {
		return protocol().newReader(side, FrameLimits.DEFAULTS);
	}

	protected final ReaderDriver driver(Side side) {
		return new ReaderDriver(reader(side));
	}

	protected final byte[] encode(Frame frame) {
		FrameLimits unlimited = new FrameLimits(FrameLimits.FRAME_SIZE_CEILING, 8 << 10, 64, 255);
		EncodedFrame encoded = encode(protocol().newWriter(unlimited), frame);
		byte[] bytes = Arrays.copyOf(encoded.head(), encoded.size());
		System.arraycopy(encoded.body(), 0, bytes, encoded.head().length, encoded.body().length);
		return bytes;
	}

	private byte[] encode(List<Frame> frames) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		frames.forEach((frame) -> out.writeBytes(encode(frame)));
		return out.toByteArray();
	}

	/** Makes inputs between noise and valid frames, the same ones in each run. */
	private static final class Fuzzer {

		private final List<byte[]> seeds = new ArrayList<>();

		private final Random random;

		private final ByteBuffer buffer = ReaderDriver.newBuffer();

		private int chunk;

		private Fuzzer(List<byte[]> seeds, long seed) {
			this.seeds.addAll(seeds);
			this.random = new Random(seed);
		}

		byte[] next() {
			this.chunk = (this.random.nextInt(4) == 0) ? 1 + this.random.nextInt(40) : 1 << 16;
			byte[] input = (this.random.nextInt(4) == 0) ? noise() : join();
			int changes = this.random.nextInt(6);
			for (int i = 0; i < changes && input.length > 0; i++) {
				input = change(input);
			}
			return input;
		}

		int chunk() {
			return 1 + this.random.nextInt(this.chunk);
		}

		ReaderDriver driver(FrameReader reader) {
			return new ReaderDriver(reader, this.buffer);
		}

		private byte[] noise() {
			byte[] noise = new byte[this.random.nextInt(200)];
			this.random.nextBytes(noise);
			// bytes that mean something to the protocol stand in its frames
			byte[] seed = this.seeds.get(this.random.nextInt(this.seeds.size()));
			int meaningful = this.random.nextInt(3);
			for (int i = 0; i < noise.length; i++) {
				if (this.random.nextInt(2) < meaningful) {
					noise[i] = seed[this.random.nextBoolean() ? seed.length - 1 : this.random.nextInt(seed.length)];
				}
			}
			if (noise.length > 0 && this.random.nextBoolean()) {
				noise[0] = seed[0];
			}
			return noise;
		}

		private byte[] join() {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			do {
				byte[] seed = this.seeds.get(this.random.nextInt(this.seeds.size()));
				// long ones seldom, for the sake of time
				if (seed.length < 1_000 || this.random.nextInt(100) == 0) {
					out.writeBytes(seed);
				}
			}
			while (this.random.nextInt(3) != 0);
			return out.toByteArray();
		}

		private byte[] change(byte[] input) {
			// most of a frame's meaning is in its first bytes
			int at = this.random.nextInt(this.random.nextBoolean() ? Math.min(input.length, 64) : input.length);
			switch (this.random.nextInt(6)) {
				case 0 -> {
					input[at] ^= (byte) (1 << this.random.nextInt(8));
				}
				case 1 -> {
					input[at] = (byte) this.random.nextInt();
				}
				case 2 -> {
					input[at] = (byte) ((this.random.nextBoolean()) ? 0xff : 0);
				}
				case 3 -> {
					return Arrays.copyOf(input, at);
				}
				case 4 -> System.arraycopy(input, at, input, 0, input.length - at);
				default -> {
					byte[] longer = Arrays.copyOf(input, input.length + 1 + this.random.nextInt(8));
					System.arraycopy(input, at, longer, at + longer.length - input.length, input.length - at);
					return longer;
				}
			}
			return input;
		}

	}

}
