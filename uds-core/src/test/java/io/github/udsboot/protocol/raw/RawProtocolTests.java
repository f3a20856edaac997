package io.github.udsboot.protocol.raw;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.WireProtocols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The contract of a protocol without boundaries: where the bytes are split is what they
 * mean.
 */
class RawProtocolTests {

	private final RawProtocol protocol = new RawProtocol();

	private final Random random = new Random(1);

	@Test
	void protocolIsFoundByItsName() {
		RawProtocol found = (RawProtocol) WireProtocols.named("raw");
		assertThat(found.name()).isEqualTo("raw");
		assertThat(found.keepsAlive()).isFalse();
		assertThat(found.isRouted()).isFalse();
		assertThat(found.encodeFailure(Status.INTERNAL, "x")).isNull();
		assertThat(found.encodeGreeting("gr\u00fc\u00df").head()).asString(StandardCharsets.UTF_8)
			.isEqualTo("gr\u00fc\u00df");
	}

	@ParameterizedTest
	@EnumSource
	void whatOneReadReturnsIsOneMessage(Side side) throws Exception {
		for (int round = 0; round < 1_000; round++) {
			byte[] bytes = bytes(1 + this.random.nextInt(5_000));
			List<byte[]> chunks = new ArrayList<>();
			FrameReader reader = this.protocol.newReader(side, FrameLimits.DEFAULTS);
			int[] at = { 0 };
			List<Frame> frames = new ReaderDriver(reader).feed(bytes, () -> {
				int size = Math.min(1 + this.random.nextInt(1_000), bytes.length - at[0]);
				chunks.add(Arrays.copyOfRange(bytes, at[0], at[0] + size));
				at[0] += size;
				return size;
			});
			assertThat(payloads(frames)).containsExactlyElementsOf(chunks);
			assertAtRest(reader);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 100, 65_536 })
	void messageIsNoLongerThanTheLimit(int limit) throws Exception {
		FrameReader reader = this.protocol.newReader(Side.SERVER, limit(limit));
		for (int length : new int[] { 1, limit - 1, limit, limit + 1, 2 * limit, 3 * limit + 1 }) {
			byte[] bytes = bytes(length);
			ByteBuffer in = ByteBuffer.allocate(length + 3).put(1, bytes).position(1).limit(1 + length);
			ByteArrayOutputStream read = new ByteArrayOutputStream();
			int expected = (length + limit - 1) / limit;
			for (int i = 0; i < expected; i++) {
				assertThat(reader.isMidFrame()).isFalse();
				Frame frame = reader.read(in);
				assertThat(frame).isNotNull();
				byte[] payload = payloads(List.of(frame)).get(0);
				assertThat(payload).hasSize(Math.min(limit, length - i * limit));
				read.writeBytes(payload);
			}
			assertThat(reader.read(in)).isNull();
			assertThat(in.remaining()).isZero();
			assertThat(in.limit()).isEqualTo(1 + length);
			assertThat(read.toByteArray()).isEqualTo(bytes);
			assertAtRest(reader);
		}
	}

	@Test
	void messageOutlivesTheBufferItCameIn() throws Exception {
		ByteBuffer in = ByteBuffer.wrap(new byte[] { 1, 2, 3 });
		Frame frame = this.protocol.newReader(Side.CLIENT, FrameLimits.DEFAULTS).read(in);
		in.clear().put(new byte[] { 9, 9, 9 });
		assertThat(frame).isNotNull();
		assertThat(payloads(List.of(frame)).get(0)).containsExactly(1, 2, 3);
	}

	@Test
	void messageIsWrittenAsItIs() {
		FrameWriter writer = this.protocol.newWriter(limit(100));
		for (int length : new int[] { 0, 1, 99, 100 }) {
			byte[] payload = bytes(length);
			EncodedFrame encoded = writer.encode(new MessageFrame(payload));
			assertThat(encoded.head()).isSameAs(payload);
			assertThat(encoded.body()).isEmpty();
		}
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> writer.encode(new MessageFrame(bytes(101))))
			.withMessageContaining("100 bytes");
	}

	@Test
	void routeIsNotLostInSilence() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.protocol.newWriter(limit(100)).encode(new MessageFrame("greet", bytes(1))))
			.withMessageContaining("'greet'");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 1_000, 1 << 16 })
	void untilTheEndOfTheInputEverythingIsOneMessage(int chunk) throws Exception {
		for (int length : new int[] { 1, 63, 64, 65, 1_000, 10_000 }) {
			byte[] bytes = bytes(length);
			FrameReader reader = this.protocol.untilEndOfInput().newReader(Side.CLIENT, limit(10_000));
			assertThat(new ReaderDriver(reader).feed(bytes, () -> chunk)).isEmpty();
			assertThat(reader.isMidFrame()).isFalse();
			Frame frame = reader.end();
			assertThat(frame).isNotNull();
			assertThat(payloads(List.of(frame))).containsExactly(bytes);
			assertThat(reader.end()).isNull();
		}
	}

	@Test
	void nothingUntilTheEndOfTheInputIsNoMessage() throws Exception {
		FrameReader reader = this.protocol.untilEndOfInput().newReader(Side.CLIENT, FrameLimits.DEFAULTS);
		assertThat(reader.read(ByteBuffer.allocate(0))).isNull();
		assertAtRest(reader);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 9, 10, 11, 1_000 })
	void tooMuchUntilTheEndOfTheInputClosesTheConnection(int chunk) {
		FrameReader reader = this.protocol.untilEndOfInput().newReader(Side.CLIENT, limit(10));
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> new ReaderDriver(reader).feed(bytes(11), () -> chunk))
			.withMessageContaining("10 bytes");
	}

	@Test
	void untilTheEndOfTheInputNoMoreIsAllocatedThanArrives() throws Exception {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		ByteBuffer in = ByteBuffer.allocateDirect(1_000);
		long allocated = 0;
		// the second time no class is loaded any more
		for (int i = 0; i < 2; i++) {
			FrameReader reader = this.protocol.untilEndOfInput()
				.newReader(Side.CLIENT, limit(FrameLimits.FRAME_SIZE_CEILING));
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int j = 0; j < 100; j++) {
				reader.read(in.clear());
			}
			allocated = threads.getCurrentThreadAllocatedBytes() - before;
		}
		assertThat(allocated).isBetween(100_000L, 410_000L);
	}

	@Test
	void serverReadsChunksAllTheSame() throws Exception {
		FrameReader reader = this.protocol.untilEndOfInput().newReader(Side.SERVER, FrameLimits.DEFAULTS);
		assertThat(new ReaderDriver(reader).feed(bytes(10), () -> 5)).hasSize(2);
	}

	private static void assertAtRest(FrameReader reader) throws Exception {
		assertThat(reader.isMidFrame()).isFalse();
		assertThat(reader.target()).isNull();
		assertThat(reader.end()).isNull();
	}

	private static List<byte[]> payloads(List<Frame> frames) {
		return frames.stream().map((frame) -> {
			assertThat(frame).isInstanceOf(MessageFrame.class);
			MessageFrame message = (MessageFrame) frame;
			assertThat(message.route()).isEmpty();
			return message.payload();
		}).toList();
	}

	private static FrameLimits limit(int maxFrameSize) {
		return new FrameLimits(maxFrameSize, 0, 0, 1);
	}

	private byte[] bytes(int length) {
		byte[] bytes = new byte[length];
		this.random.nextBytes(bytes);
		return bytes;
	}

}
