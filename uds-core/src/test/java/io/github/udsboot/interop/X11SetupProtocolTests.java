package io.github.udsboot.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class X11SetupProtocolTests {

	private static final FrameLimits LIMITS = new FrameLimits(100, 0, 0, 1);

	private final FrameReader reader = new X11SetupProtocol().newReader(Side.CLIENT, LIMITS);

	/** A first packet, then a reply, an event and an error. */
	private static List<byte[]> packets() {
		return List.of(setup(5), packet(1, 3), packet(1, 0), packet(12, 9), packet(35 | 0x80, 1), packet(0, 0));
	}

	private static byte[] setup(int units) {
		ByteBuffer packet = ByteBuffer.allocate(8 + 4 * units).order(ByteOrder.nativeOrder());
		packet.put(0, (byte) 1).putShort(6, (short) units);
		return packet.array();
	}

	/** The length of an event or an error is none, whatever stands there. */
	private static byte[] packet(int code, int units) {
		boolean sized = (code & 0x7f) == 1 || (code & 0x7f) == 35;
		ByteBuffer packet = ByteBuffer.allocate(32 + (sized ? 4 * units : 0)).order(ByteOrder.nativeOrder());
		packet.put(0, (byte) code).putInt(4, units).put(packet.capacity() - 1, (byte) 7);
		return packet.array();
	}

	private List<byte[]> read(int chunk) throws ProtocolException {
		ByteBuffer all = ByteBuffer.allocate(packets().stream().mapToInt((packet) -> packet.length).sum());
		packets().forEach(all::put);
		all.flip();
		List<byte[]> read = new ArrayList<>();
		while (all.hasRemaining()) {
			ByteBuffer in = all.slice(all.position(), Math.min(chunk, all.remaining()));
			all.position(all.position() + in.remaining());
			Frame frame = this.reader.read(in);
			while (frame != null) {
				read.add(((MessageFrame) frame).payload());
				frame = this.reader.read(in);
			}
			assertThat(in.hasRemaining()).isFalse();
		}
		return read;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 8, 31, 32, 33, 1000 })
	void packetsAreCutWhereTheyEnd(int chunk) throws ProtocolException {
		assertThat(read(chunk)).usingRecursiveComparison().isEqualTo(packets());
		assertThat(this.reader.isMidFrame()).isFalse();
	}

	@Test
	void packetThatHasBegunIsNoMessage() throws ProtocolException {
		assertThat(this.reader.isMidFrame()).isFalse();
		assertThat(this.reader.read(ByteBuffer.wrap(setup(5), 0, 27))).isNull();
		assertThat(this.reader.isMidFrame()).isTrue();
	}

	@Test
	void lengthIsCheckedBeforeAnythingIsAllocated() {
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> this.reader.read(ByteBuffer.wrap(setup(24), 0, 8)))
			.withMessageContaining("104")
			.withMessageContaining("100");
	}

	@Test
	void lengthOfAReplyIsUnsigned() throws ProtocolException {
		this.reader.read(ByteBuffer.wrap(setup(0)));
		ByteBuffer reply = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder()).put(0, (byte) 1).putInt(4, -1);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> this.reader.read(reply))
			.withMessageContaining("17179869212");
	}

}
