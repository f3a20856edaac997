package io.github.udsboot.listener;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames that lie, over real sockets: what the tests of the protocols show of a reader,
 * shown of a listener. Each connection is used on where the protocol lets it live.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class WireFaultTests {

	private static final int MAX = FrameLimits.DEFAULTS.maxFrameSize();

	private static final byte[] ECHO = field(2, "echo".getBytes(StandardCharsets.UTF_8));

	private final AtomicInteger handled = new AtomicInteger();

	private final TestListener listener;

	WireFaultTests(TransportType transport) {
		this.listener = new TestListener(transport).handle("echo", (request, callback) -> {
			this.handled.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void everyLengthIsDecidedByItsHeader() {
		try (RawClient client = client()) {
			client.write(frame(0, 1, 1, 0, new byte[0]));
			assertThat(client.receiveAnswerTo(1).status()).as("a request without a route")
				.isEqualTo(Status.UNIMPLEMENTED);
			client.write(frame(1, 3, 1, 0, new byte[] { 8 }));
			assertThat(client.receiveAnswerTo(3).status()).as("a field without its value")
				.isEqualTo(Status.INVALID_ARGUMENT);
			byte[] payload = new byte[MAX - ECHO.length - 5];
			byte[] largest = RawClient.join(ECHO, field(3, payload));
			assertThat(largest).hasSize(MAX);
			client.write(frame(MAX, 5, 1, 0, largest));
			assertThat(client.receiveAnswerTo(5).payload()).hasSize(payload.length);
			client.write(frame(MAX + 1, 7, 1, 0, new byte[MAX + 1]));
			assertThat(client.receiveAnswerTo(7).status()).as("one byte too many").isEqualTo(Status.RESOURCE_EXHAUSTED);
			client.write(RawClient.request(9, "echo", new byte[1]));
			assertThat(client.receiveAnswerTo(9).status()).as("the connection lives on").isEqualTo(Status.OK);
		}
		for (int length : new int[] { FrameLimits.FRAME_SIZE_CEILING + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE }) {
			try (RawClient client = client()) {
				client.write(frame(length, 1, 1, 0, new byte[0]));
				client.awaitEnd();
			}
		}
		Eventually.await("four protocol errors", () -> closed(CloseReason.PROTOCOL_ERROR) == 4);
		assertThat(this.handled).as("of the largest and the last").hasValue(2);
	}

	@Test
	void framesAreTheSameHoweverTheirBytesCome() {
		byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
		byte[] one = RawClient.request(1, "echo", payload);
		try (RawClient client = client()) {
			for (byte single : one) {
				client.write(new byte[] { single });
			}
			assertThat(client.receiveAnswerTo(1).payload()).as("byte by byte").isEqualTo(payload);
			long id = 3;
			for (int split = 1; split < one.length; split++) {
				byte[] request = RawClient.request(id, "echo", payload);
				client.write(Arrays.copyOf(request, split));
				client.write(Arrays.copyOfRange(request, split, request.length));
				assertThat(client.receiveAnswerTo(id).payload()).as("split at " + split).isEqualTo(payload);
				id += 2;
			}
			List<byte[]> together = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				together.add(RawClient.request(id + 2 * i, "echo", payload));
			}
			client.write(RawClient.join(together.toArray(byte[][]::new)));
			for (int i = 0; i < 50; i++) {
				assertThat(client.receiveAnswerTo(id + 2 * i).payload()).isEqualTo(payload);
			}
		}
	}

	@Test
	void whatIsNoRequestIsIgnoredOrRefusedAndCostsNothingElse() {
		try (RawClient client = client()) {
			// before the first valid frame as well
			client.write(frame(3, 1, 0x99, 0, new byte[3]));
			client.write(frame(3, 1, 2, 0, new byte[3]));
			client.write(request(1, 0x38, ECHO));
			assertThat(client.receiveAnswerTo(1).status()).as("flags that there are not").isEqualTo(Status.OK);
			client.write(request(1, 0, ECHO));
			assertThat(client.receiveAnswerTo(1).status()).as("the id of before").isEqualTo(Status.INVALID_ARGUMENT);
			client.write(request(2, 0, ECHO));
			assertThat(client.receiveAnswerTo(2).status()).as("an even id").isEqualTo(Status.INVALID_ARGUMENT);
			client.write(frame(1, 9, 3, 0, new byte[1]));
			assertThat(client.receiveAnswerTo(9).status()).as("data of no stream").isEqualTo(Status.INVALID_ARGUMENT);
			client.write(request(11, 0, ECHO));
			assertThat(client.receiveAnswerTo(11).status()).isEqualTo(Status.OK);
		}
		assertThat(this.handled).hasValue(2);
	}

	@Test
	void textThatIsNoneIsRefusedAndNeverReplaced() {
		try (RawClient client = client()) {
			long id = 1;
			for (byte[] route : new byte[][] { { (byte) 0xc3 }, { (byte) 0xc0, (byte) 0x80 }, { 'a', (byte) 0xff },
					{ 'e', 0, 'o' }, { '\n' } }) {
				client.write(request(id, 0, field(2, route)));
				ResponseFrame response = client.receiveAnswerTo(id);
				assertThat(response.status()).isEqualTo(Status.INVALID_ARGUMENT);
				assertThat(response.message()).isNotEmpty().doesNotContain("\ufffd", "\0");
				id += 2;
			}
			client.write(request(id, 0, field(2, new byte[] { 'e', 'c', 'h', 'o', '!' })));
			assertThat(client.receiveAnswerTo(id).status()).isEqualTo(Status.UNIMPLEMENTED);
		}
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void metadataWithoutEndIsRefused() {
		byte[][] bombs = { repeat(field(5, RawClient.join(field(1, new byte[] { 'k' }), field(2, new byte[1]))), 65),
				repeat(field(5, new byte[0]), 500_000), field(5, field(1, new byte[1 << 20])), deepGroups() };
		try (RawClient client = client()) {
			long id = 1;
			for (byte[] bomb : bombs) {
				client.write(request(id, 0, RawClient.join(ECHO, bomb)));
				ResponseFrame response = client.receiveAnswerTo(id);
				assertThat(response.status()).as("bomb " + id).isIn(Status.RESOURCE_EXHAUSTED, Status.INVALID_ARGUMENT);
				assertThat(response.message()).isNotEmpty();
				id += 2;
			}
			client
				.write(RawClient.bytes(new RequestFrame(id, "echo", new byte[1], 0, Map.of("key", List.of("value")))));
			assertThat(client.receiveAnswerTo(id).status()).isEqualTo(Status.OK);
		}
		assertThat(this.handled).hasValue(1);
	}

	private static byte[] deepGroups() {
		byte[] groups = new byte[200_000];
		Arrays.fill(groups, 0, 100_000, (byte) 0x4b);
		Arrays.fill(groups, 100_000, 200_000, (byte) 0x4c);
		return groups;
	}

	private static byte[] repeat(byte[] part, int count) {
		byte[][] parts = new byte[count][];
		Arrays.fill(parts, part);
		return RawClient.join(parts);
	}

	/** Return a field of bytes, put together without the code under test. */
	private static byte[] field(int number, byte[] value) {
		ByteBuffer field = ByteBuffer.allocate(6 + value.length).put((byte) (number << 3 | 2));
		int rest = value.length;
		while (rest > 127) {
			field.put((byte) (rest & 127 | 128));
			rest >>>= 7;
		}
		field.put((byte) rest).put(value);
		return Arrays.copyOf(field.array(), field.position());
	}

	private static byte[] request(long streamId, int flags, byte[] data) {
		return frame(data.length, streamId, 1, flags, data);
	}

	private static byte[] frame(int length, long streamId, int type, int flags, byte[] data) {
		return ByteBuffer.allocate(10 + data.length)
			.putInt(length)
			.putInt((int) streamId)
			.put((byte) type)
			.put((byte) flags)
			.put(data)
			.array();
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private long closed(CloseReason reason) {
		return this.listener.container().stats().closed().getOrDefault(reason, 0L);
	}

}
