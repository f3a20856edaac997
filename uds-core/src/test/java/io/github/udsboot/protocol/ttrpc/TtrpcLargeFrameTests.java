package io.github.udsboot.protocol.ttrpc;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames that do not fit the caller's buffer.
 */
class TtrpcLargeFrameTests {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final byte[] payload = new byte[100_000];

	private final FrameReader reader = new TtrpcProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS);

	TtrpcLargeFrameTests() {
		Arrays.fill(this.payload, (byte) 'p');
	}

	@Test
	void payloadIsReadInPlaceAndNotCopiedOnceAnEighthOfItHasArrived() throws Exception {
		byte[] frame = Raw.request(1, Raw.field(1, "demo"), Raw.field(2, "put"), Raw.field(3, this.payload));
		int sent = 4_096 + this.payload.length / 8;
		assertThat(this.reader.read(ByteBuffer.wrap(frame, 0, sent))).isNull();
		ByteBuffer target = this.reader.target();
		assertThat(target).isNotNull();
		assertThat(target.remaining()).isEqualTo(frame.length - sent);
		target.put(frame, sent, frame.length - sent);
		RequestFrame request = (RequestFrame) this.reader.read(NOTHING);
		assertThat(request).isNotNull();
		assertThat(request.payload()).isSameAs(target.array()).isEqualTo(this.payload);
		assertThat(request.route()).isEqualTo("demo.put");
	}

	@Test
	void fieldsAfterThePayloadAreReadToo() throws Exception {
		RequestFrame request = request(Raw.field(2, "put"), Raw.field(3, this.payload), Raw.number(4, 7),
				Raw.field(5, Raw.field(1, "k"), Raw.field(2, "v")), Raw.field(1, "demo"), Raw.field(9, "unknown"));
		assertThat(request.route()).isEqualTo("demo.put");
		assertThat(request.timeoutNanos()).isEqualTo(7);
		assertThat(request.metadata()).isEqualTo(Map.of("k", List.of("v")));
		assertThat(request.payload()).isEqualTo(this.payload);
	}

	@Test
	void laterPayloadWins() throws Exception {
		assertThat(request(Raw.field(3, this.payload), Raw.field(3, "last")).payload()).asString().isEqualTo("last");
		assertThat(request(Raw.field(3, this.payload), Raw.field(3, "")).payload()).isEmpty();
		assertThat(request(Raw.field(3, "first"), Raw.field(3, this.payload)).payload()).isEqualTo(this.payload);
	}

	@Test
	void payloadIsFoundBehindAnyNumberOfOtherFields() throws Exception {
		for (int size : new int[] { 4_080, 4_085, 4_090, 4_091, 4_092, 4_093, 4_094, 4_095, 4_096, 5_000, 50_000 }) {
			RequestFrame request = request(Raw.field(2, "put"), Raw.field(9, new byte[size]),
					Raw.field(3, this.payload), Raw.number(4, 7));
			assertThat(request.payload()).isEqualTo(this.payload);
			assertThat(request.timeoutNanos()).isEqualTo(7);
			assertThat(request.route()).isEqualTo("put");
		}
	}

	@Test
	void frameWithoutPayloadIsRead() throws Exception {
		assertThat(request(Raw.field(2, "put"), Raw.field(9, this.payload)).payload()).isEmpty();
	}

	@Test
	void malformedFrameIsRefusedAndTheConnectionStays() throws Exception {
		byte[] tooLong = Raw.join(Raw.hex("1a"), Raw.varint(this.payload.length + 1), this.payload);
		assertThat(feed(Raw.request(1, tooLong))).isInstanceOfSatisfying(InvalidFrame.class,
				(invalid) -> assertThat(invalid.status()).isEqualTo(Status.INVALID_ARGUMENT));
		byte[] negative = Raw.join(Raw.hex("1a"), Raw.varint(-1), this.payload);
		assertThat(feed(Raw.request(3, negative))).isInstanceOf(InvalidFrame.class);
		byte[] badTail = Raw.join(Raw.field(3, this.payload), Raw.hex("ff"));
		assertThat(feed(Raw.request(5, badTail))).isInstanceOf(InvalidFrame.class);
		byte[] badHead = Raw.join(Raw.hex("07"), Raw.field(3, this.payload));
		assertThat(feed(Raw.request(7, badHead))).isInstanceOf(InvalidFrame.class);
		assertThat(feed(Raw.request(9, Raw.field(3, this.payload)))).isInstanceOf(RequestFrame.class);
	}

	@Test
	void nothingLargeIsAllocatedBeforeMuchHasArrived() throws Exception {
		byte[] beginning = Raw.join(Raw.frame(4 << 20, 1, 1, Raw.field(2, "put")), Raw.hex("1a"), Raw.varint(4_000_000),
				new byte[4_000]);
		assertThat(allocatedBy(() -> {
			FrameReader fresh = new TtrpcProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS);
			fresh.read(ByteBuffer.wrap(beginning));
			assertThat(fresh.isMidFrame()).isTrue();
		})).isLessThan(50_000);
	}

	@Test
	void discardedFrameIsNotKept() throws Exception {
		ByteBuffer rest = ByteBuffer.allocate(1_000_000);
		for (byte[] header : new byte[][] { Raw.frame(16_000_000, 1, 1, new byte[0]),
				Raw.frame(4_000_000, 2, 1, new byte[0]), Raw.frame(4_000_000, 1, 16, new byte[0]),
				Raw.frame(4_000_000, 1, 3, new byte[0]) }) {
			assertThat(allocatedBy(() -> {
				this.reader.read(ByteBuffer.wrap(header));
				Frame frame = null;
				while (this.reader.isMidFrame()) {
					assertThat(this.reader.target()).isNull();
					frame = this.reader.read(rest.clear());
				}
				assertThat(frame == null).isEqualTo(header[8] == 16);
			})).isLessThan(100_000);
		}
	}

	/** Measure what is allocated the second time, when no class is loaded any more. */
	private static long allocatedBy(ThrowingCallable code) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = 0;
		try {
			for (int i = 0; i < 2; i++) {
				before = threads.getCurrentThreadAllocatedBytes();
				code.call();
			}
		}
		catch (Throwable ex) {
			throw new AssertionError(ex);
		}
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

	private RequestFrame request(byte[]... fields) throws Exception {
		// each with a reader of its own and therefore the same stream id
		FrameReader fresh = new TtrpcProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS);
		byte[] frame = Raw.request(1, fields);
		List<Frame> frames = new ReaderDriver(fresh).feed(frame, () -> 7_777);
		assertThat(frames).singleElement().isInstanceOf(RequestFrame.class);
		return (RequestFrame) frames.get(0);
	}

	private Frame feed(byte[] frame) throws Exception {
		List<Frame> frames = new ReaderDriver(this.reader).feed(frame, () -> 7_777);
		assertThat(frames).hasSize(1);
		return frames.get(0);
	}

}
