package io.github.udsboot.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.interop.RecordedFrames.Recorded;
import io.github.udsboot.interop.v1.EchoMessage;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.interop.v1.SleepRequest;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bytes of good and bad clients, written over a plain channel to a listener of ours:
 * those recorded with containerd's server, which must have the same effect here, and
 * broken ones. Each test leaves neither a connection nor a descriptor nor a thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class TtrpcReplayTests {

	/**
	 * Where we differ on purpose: a payload that cannot be understood is the caller's
	 * fault.
	 */
	private static final Map<String, Status> DIFFERENT = Map.of("bad-malformed-payload", Status.INVALID_ARGUMENT);

	private static final int MAX_LENGTH = 4 << 20;

	private static final int CEILING = (16 << 20) - 1;

	private final TransportType transport;

	@TempDir
	private Path directory;

	private ProcessResources before;

	private ProcessResources idle;

	private InteropListener listener;

	private int connects;

	TtrpcReplayTests(TransportType transport) {
		this.transport = transport;
	}

	/** What is created once and kept for ever must not count as a leak. */
	@BeforeParameterizedClassInvocation
	static void warmUp(TransportType transport, @TempDir Path directory) throws IOException {
		try (InteropListener listener = InteropListener.start(directory.resolve("warm.sock"), transport)) {
			try (RawConnection connection = new RawConnection(listener.socket())) {
				connection.write(greeting(1));
				assertThat(greeted(connection.read())).isEqualTo("Hello, Ada!");
			}
		}
	}

	@BeforeEach
	void startListener() throws IOException {
		this.before = ProcessResources.now();
		this.listener = InteropListener.start(this.directory.resolve("uds.sock"), this.transport);
		assertHealthy();
		awaitNoConnection();
		this.idle = ProcessResources.now();
	}

	@AfterEach
	void nothingIsLeft() throws IOException {
		assertHealthy();
		awaitNoConnection();
		this.idle.awaitDescriptors();
		this.listener.close();
		this.before.awaitDescriptors();
		this.before.awaitThreads();
	}

	private void awaitNoConnection() {
		Eventually.assertThat(() -> {
			// Those not accepted yet are open as well; a close is counted last of all
			assertThat(this.listener.stats().closed().values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(this.connects);
			assertThat(this.listener.stats().connections()).isZero();
			assertThat(this.listener.stats().requestsInFlight()).isZero();
		});
	}

	private void assertHealthy() throws IOException {
		try (RawConnection connection = connect()) {
			assertGoesOn(connection);
		}
	}

	private RawConnection connect() throws IOException {
		this.connects++;
		return new RawConnection(this.listener.socket());
	}

	@ParameterizedTest
	@MethodSource("recordings")
	void recordedConnectionHasTheSameEffectHere(RecordedFrames recording) throws IOException {
		try (RawConnection connection = connect()) {
			for (Recorded recorded : recording.frames()) {
				if (recorded.fromClient()) {
					connection.write(recorded.bytes());
				}
				else {
					assertAnswer(connection.read(), RawFrame.parse(recorded.bytes()),
							recorded.part().isEmpty() ? DIFFERENT.get(recording.name()) : null);
				}
			}
			connection.endOutput();
			assertThat(connection.readOrEnd()).as("an answer more than Go's server gives").isNull();
		}
	}

	static List<RecordedFrames> recordings() {
		return RecordedFrames.all();
	}

	private static void assertAnswer(RawFrame ours, RawFrame theirs, Status differs) {
		assertThat(ours.streamId()).isEqualTo(theirs.streamId());
		assertThat(ours.type()).isEqualTo(theirs.type());
		assertThat(ours.status()).isEqualTo((differs != null) ? differs : theirs.status());
		assertThat(ours.payload()).isEqualTo(theirs.payload());
	}

	@Test
	void recordingsHaveWhatIsTestedHere() {
		Map<String, RecordedFrames> recordings = new HashMap<>();
		RecordedFrames.all().forEach((recording) -> recordings.put(recording.name(), recording));
		assertThat(recordings).hasSizeGreaterThanOrEqualTo(24).containsKeys("greet", "bad-oversize");
		assertThat(recordings.get("bad-oversize").frames().get(0).bytes()).hasSize(RawFrame.HEADER + MAX_LENGTH + 1);
		RecordedFrames differs = recordings.get("bad-malformed-payload");
		assertThat(RawFrame.parse(differs.frames().get(1).bytes()).status()).isEqualTo(Status.INTERNAL);
	}

	@Test
	void requestCutOffAnywhereIsCountedAndHarmsNobody() throws IOException {
		byte[] request = greeting(1);
		Map<CloseReason, Long> closed = this.listener.stats().closed();
		for (int length = 0; length < request.length; length++) {
			try (RawConnection connection = connect()) {
				connection.write(Arrays.copyOf(request, length));
			}
		}
		awaitNoConnection();
		assertThat(closedSince(closed, CloseReason.TRUNCATED)).isEqualTo(request.length - 1);
		assertThat(closedSince(closed, CloseReason.PEER_CLOSED)).isEqualTo(1);
	}

	@Test
	void secondRequestCutOffAnywhereLeavesTheFirstAnswered() throws IOException {
		byte[] second = greeting(3);
		for (int length = 0; length < second.length; length++) {
			try (RawConnection connection = connect()) {
				connection.write(concat(greeting(1), Arrays.copyOf(second, length)));
				connection.endOutput();
				assertThat(greeted(connection.read())).isEqualTo("Hello, Ada!");
				assertThat(connection.readOrEnd()).isNull();
			}
		}
	}

	@Test
	void requestThatStillRunsIsAnsweredAlthoughTheNextOneIsCutOff() throws IOException {
		Map<CloseReason, Long> closed = this.listener.stats().closed();
		byte[] slow = RawFrame
			.request(1, InteropService.NAME, "Sleep", SleepRequest.newBuilder().setMillis(200).build())
			.bytes();
		try (RawConnection connection = connect()) {
			connection.write(concat(slow, Arrays.copyOf(greeting(3), 20)));
			connection.endOutput();
			RawFrame answer = connection.read();
			assertThat(answer.streamId()).isEqualTo(1);
			assertThat(answer.status()).isEqualTo(Status.OK);
			assertThat(connection.readOrEnd()).isNull();
		}
		awaitNoConnection();
		assertThat(closedSince(closed, CloseReason.TRUNCATED)).isEqualTo(1);
	}

	@Test
	void clientThatDoesNotWaitForItsAnswerHarmsNobody() throws IOException {
		for (int i = 0; i < 100; i++) {
			try (RawConnection connection = connect()) {
				connection.write(greeting(1));
			}
		}
		awaitNoConnection();
	}

	private long closedSince(Map<CloseReason, Long> before, CloseReason reason) {
		return this.listener.stats().closed().getOrDefault(reason, 0L) - before.getOrDefault(reason, 0L);
	}

	@Test
	void frameOfLengthOneIsDecoded() throws IOException {
		try (RawConnection connection = connect()) {
			connection.write(RawFrame.header(1, 1, RawFrame.REQUEST), new byte[] { -1 });
			assertRefused(connection.read(), 1, Status.INVALID_ARGUMENT);
			assertGoesOn(connection);
		}
	}

	@Test
	void frameOfTheMaximumLengthIsAnswered() throws IOException {
		RawFrame request = requestOfLength(MAX_LENGTH, 1);
		try (RawConnection connection = connect()) {
			connection.write(request.bytes());
			RawFrame answer = connection.read();
			assertThat(answer.streamId()).isEqualTo(1);
			assertThat(answer.status()).isEqualTo(Status.OK);
			assertThat(answer.payload().size()).isGreaterThan(MAX_LENGTH - 100);
			assertThat(request.data().endsWith(answer.payload())).isTrue();
			assertGoesOn(connection);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { MAX_LENGTH + 1, CEILING })
	void frameOverTheMaximumLengthIsDiscardedAndRefused(int length) throws IOException {
		try (RawConnection connection = connect()) {
			connection.write(requestOfLength(length, 1).bytes());
			assertRefused(connection.read(), 1, Status.RESOURCE_EXHAUSTED);
			assertGoesOn(connection);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { CEILING + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1 })
	void lengthThatNoFrameCanHaveClosesTheConnection(int length) throws IOException {
		Map<CloseReason, Long> closed = this.listener.stats().closed();
		try (RawConnection connection = connect()) {
			connection.write(greeting(1));
			assertThat(greeted(connection.read())).isEqualTo("Hello, Ada!");
			connection.write(RawFrame.header(length, 3, RawFrame.REQUEST));
			assertThat(connection.readOrEnd()).isNull();
		}
		awaitNoConnection();
		assertThat(closedSince(closed, CloseReason.PROTOCOL_ERROR)).isEqualTo(1);
	}

	@Test
	void bytesThatComeOneByOneAreAnswered() throws IOException {
		try (RawConnection connection = connect()) {
			connection.writeByteByByte(concat(greeting(1), greeting(3)));
			assertThat(connection.read().streamId()).isEqualTo(1);
			assertThat(connection.read().streamId()).isEqualTo(3);
			assertGoesOn(connection);
		}
	}

	@Test
	void framesThatComeTogetherAreAnsweredEach() throws IOException {
		int requests = 100;
		byte[] bytes = {};
		for (int i = 0; i < requests; i++) {
			bytes = concat(bytes, greeting(2 * i + 1));
		}
		byte[] next = greeting(2 * requests + 1);
		try (RawConnection connection = connect()) {
			connection.write(concat(bytes, Arrays.copyOf(next, 20)));
			// in any order: a handler that is slow for once is given another thread
			Set<Long> answered = new TreeSet<>();
			for (int i = 0; i < requests; i++) {
				RawFrame answer = connection.read();
				assertThat(answered.add((long) answer.streamId())).isTrue();
				assertThat(greeted(answer)).isEqualTo("Hello, Ada!");
			}
			assertThat(answered).hasSize(requests).allMatch((id) -> id % 2 == 1 && id < 2 * requests);
			connection.write(Arrays.copyOfRange(next, 20, next.length));
			assertThat(connection.read().streamId()).isEqualTo(2 * requests + 1);
		}
	}

	@Test
	void oversizeFrameThatNeverEndsDoesNotOutliveItsClient() throws IOException {
		Map<CloseReason, Long> closed = this.listener.stats().closed();
		try (RawConnection connection = connect()) {
			connection.write(RawFrame.header(CEILING, 1, RawFrame.REQUEST), new byte[100_000]);
			connection.endOutput();
			assertThat(connection.readOrEnd()).isNull();
		}
		awaitNoConnection();
		assertThat(closedSince(closed, CloseReason.TRUNCATED)).isEqualTo(1);
	}

	private void assertGoesOn(RawConnection connection) throws IOException {
		connection.write(greeting(101));
		RawFrame answer = connection.read();
		assertThat(answer.streamId()).isEqualTo(101);
		assertThat(greeted(answer)).isEqualTo("Hello, Ada!");
	}

	private static void assertRefused(RawFrame answer, int streamId, Status status) {
		assertThat(answer.streamId()).isEqualTo(streamId);
		assertThat(answer.type()).isEqualTo(RawFrame.RESPONSE);
		assertThat(answer.status()).isEqualTo(status);
	}

	private static byte[] greeting(int streamId) {
		return RawFrame
			.request(streamId, InteropService.NAME, "Greet", GreetRequest.newBuilder().setName("Ada").build())
			.bytes();
	}

	private static String greeted(RawFrame answer) throws IOException {
		assertThat(answer.type()).isEqualTo(RawFrame.RESPONSE);
		assertThat(answer.status()).isEqualTo(Status.OK);
		return GreetReply.parseFrom(answer.payload()).getMessage();
	}

	/** Make an echo request whose frame has exactly this much data. */
	private static RawFrame requestOfLength(int length, int streamId) {
		int envelope = echo(length, streamId).data().size() - length;
		RawFrame request = echo(length - envelope, streamId);
		assertThat(request.data().size()).isEqualTo(length);
		return request;
	}

	private static RawFrame echo(int size, int streamId) {
		byte[] data = new byte[size];
		new Random(size).nextBytes(data);
		return RawFrame.request(streamId, InteropService.NAME, "Echo",
				EchoMessage.newBuilder().setData(ByteString.copyFrom(data)).build());
	}

	private static byte[] concat(byte[] first, byte[] second) {
		byte[] both = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, both, first.length, second.length);
		return both;
	}

}
