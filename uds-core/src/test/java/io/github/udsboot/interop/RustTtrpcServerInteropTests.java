package io.github.udsboot.interop;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import com.google.protobuf.ByteString;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.ProtobufDetails;
import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.interop.v1.EchoMessage;
import io.github.udsboot.interop.v1.Empty;
import io.github.udsboot.interop.v1.FailRequest;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.interop.v1.MetadataReply;
import io.github.udsboot.interop.v1.MetadataRequest;
import io.github.udsboot.interop.v1.SleepRequest;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our template calls a server of the Rust crate {@code ttrpc}.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class RustTtrpcServerInteropTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final GreetRequest ADA = GreetRequest.newBuilder().setName("Ada").build();

	private final TransportType transport;

	@TempDir
	private Path directory;

	private Path socket;

	private InteropProcess server;

	private UdsTemplate template;

	RustTtrpcServerInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void buildPrograms() {
		RustPrograms.require();
	}

	@BeforeEach
	void startServer() {
		this.socket = this.directory.resolve("rust.sock");
		this.server = RustPrograms.startTtrpcServer(this.socket);
		this.template = builder().build();
	}

	@AfterEach
	void stopServer() {
		this.template.close();
		this.server.close();
	}

	private UdsTemplateBuilder builder() {
		return UdsTemplate.builder().path(this.socket.toString()).transport(this.transport);
	}

	/** Replace the template by one that shares one connection. */
	private void useOneConnection() {
		this.template.close();
		this.template = builder().maxConnections(1).build();
	}

	private String greet() {
		return this.template.request(InteropService.GREET, ADA, GreetReply.class).getMessage();
	}

	private UdsClientStats stats() {
		return this.template.getConnectionFactory().stats();
	}

	@Test
	void greetingIsAnswered() {
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 255, 65_536, 1 << 20, (4 << 20) - 100 })
	void bytesComeBackAsTheyWere(int length) {
		EchoMessage sent = echo(new Random(length), length);
		assertThat(this.template.request(InteropService.ECHO, sent, EchoMessage.class)).isEqualTo(sent);
	}

	@Test
	void largerRequestIsNotSent() {
		EchoMessage tooLarge = echo(new Random(5), 4 << 20);
		assertThatExceptionOfType(UdsLimitExceededException.class)
			.isThrownBy(() -> this.template.request(InteropService.ECHO, tooLarge, EchoMessage.class));
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	/** The crate answers INVALID_ARGUMENT where Go answers RESOURCE_EXHAUSTED. */
	@Test
	void requestThatIsTooLargeForRustLeavesTheConnection() {
		this.template.close();
		this.template = builder().maxConnections(1).frameLimits(new FrameLimits(5 << 20, 8 << 10, 64, 255)).build();
		EchoMessage tooLarge = echo(new Random(5), 4 << 20);
		assertRemote(() -> this.template.request(InteropService.ECHO, tooLarge, EchoMessage.class),
				Status.INVALID_ARGUMENT);
		assertThat(greet()).isEqualTo("Hello, Ada!");
		assertThat(stats().connects()).isEqualTo(1);
	}

	@Test
	void missingPayloadIsAMessageWithDefaults() {
		assertThat(this.template.request(InteropService.GREET, null, GreetReply.class).getMessage())
			.isEqualTo("Hello, !");
	}

	@Test
	void unknownMethodIsUnimplemented() {
		assertRemote(() -> this.template.request(InteropService.NAME + ".NoSuchMethod", ADA, GreetReply.class),
				Status.UNIMPLEMENTED);
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	/** Here the crate differs from Go and from ours. */
	@ParameterizedTest
	@ValueSource(strings = { "udsboot.interop.v1.NoSuchService.Greet", "bare" })
	void unknownServiceIsAnInvalidArgument(String route) {
		assertRemote(() -> this.template.request(route, ADA, GreetReply.class), Status.INVALID_ARGUMENT);
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "OK", "DEADLINE_EXCEEDED" })
	void statusOfTheHandlerArrives(Status status) {
		UdsRemoteException failure = assertRemote(() -> fail(status.code(), "no such thing"), status);
		assertThat(failure.getRemoteMessage()).isEqualTo("no such thing");
		assertThat(failure.getRoute()).isEqualTo(InteropService.FAIL);
	}

	@Test
	void detailsOfTheHandlerArrive() {
		FailRequest request = FailRequest.newBuilder().setCode(5).setMessage("no such thing").build();
		UdsRemoteException failure = assertRemote(
				() -> this.template.request(DetailsService.FAIL, request, Empty.class), Status.NOT_FOUND);
		assertThat(failure.getDetails()).hasSize(2);
		assertThat(ProtobufDetails.find(failure.getDetails(), FailRequest.class)).contains(request);
		assertThat(ProtobufDetails.find(failure.getDetails(), GreetReply.class)).contains(DetailsService.GREETING);
	}

	/** The crate writes a status beside each answer, where Go writes none. */
	@Test
	void statusOkIsASuccess() {
		assertThat(fail(0, "not used")).isEqualTo(Empty.getDefaultInstance());
	}

	private Empty fail(int code, String message) {
		return this.template.request(InteropService.FAIL,
				FailRequest.newBuilder().setCode(code).setMessage(message).build(), Empty.class);
	}

	@Test
	void payloadThatIsNoMessageFailsAsRustHasIt() {
		assertRemote(() -> this.template.request(InteropService.GREET, new byte[] { -1 }, GreetReply.class),
				Status.UNKNOWN);
	}

	@Test
	void deadlineEndsTheCallAndTheConnectionGoesOn() {
		useOneConnection();
		assertThat(greet()).isEqualTo("Hello, Ada!");
		for (int i = 0; i < 20; i++) {
			long start = System.nanoTime();
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> sleep(20_000, Duration.ofMillis(20)));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(19), LONG);
			// Rust's own answer to the deadline is late by now, or about to be
			assertThat(greet()).isEqualTo("Hello, Ada!");
		}
		assertThat(stats().connects()).isEqualTo(1);
		assertThat(stats().requestsInFlight()).isZero();
	}

	private Empty sleep(long millis, Duration timeout) {
		return this.template.route(InteropService.SLEEP)
			.timeout(timeout)
			.payload(SleepRequest.newBuilder().setMillis(millis).build())
			.retrieve(Empty.class);
	}

	/** The crate looks keys up as they are, and ours are in lower case. */
	@Test
	void metadataArrivesInLowerCaseWithAllValues() {
		assertThat(metadata("tenant")).containsExactly("blue", "gr\u00fcn");
		assertThat(metadata("Tenant")).isEmpty();
	}

	private List<String> metadata(String key) {
		return this.template.route(InteropService.METADATA)
			.header("Tenant", "blue")
			.header("tenant", "gr\u00fcn")
			.header("other", "?")
			.payload(MetadataRequest.newBuilder().setKey(key).build())
			.retrieve(MetadataReply.class)
			.getValuesList();
	}

	@Test
	void callersGetTheirOwnAnswers() throws Exception {
		List<Integer> calls = AtOnce.run(32, (caller) -> {
			Random random = new Random(caller);
			for (int call = 0; call < 200; call++) {
				EchoMessage sent = identity(caller, call, random);
				assertThat(this.template.request(InteropService.IDENTITY, sent, EchoMessage.class)).isEqualTo(sent);
			}
			return 200;
		});
		assertThat(calls).hasSize(32).containsOnly(200);
		assertThat(stats().requestsInFlight()).isZero();
		assertThat(stats().connects()).isLessThanOrEqualTo(2);
	}

	@Test
	void serverKilledInTheMiddleOfACallLosesIt() {
		useOneConnection();
		CompletableFuture<Empty> call = this.template.requestAsync(InteropService.SLEEP,
				SleepRequest.newBuilder().setMillis(60_000).build(), Empty.class);
		// The answer shows that Rust has read what was sent before on this connection
		assertThat(greet()).isEqualTo("Hello, Ada!");
		this.server.kill();
		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsConnectionLostException.class);
		assertThat(stats().requestsInFlight()).isZero();
	}

	@Test
	void templateFindsTheServerThatWasStartedAgain() {
		for (int i = 1; i <= 3; i++) {
			assertThat(greet()).isEqualTo("Hello, Ada!");
			this.server.terminate();
			this.server = RustPrograms.startTtrpcServer(this.socket);
		}
		assertThat(greet()).isEqualTo("Hello, Ada!");
		assertThat(stats().connects()).isGreaterThanOrEqualTo(4);
	}

	private static EchoMessage echo(Random random, int length) {
		byte[] data = new byte[length];
		random.nextBytes(data);
		return EchoMessage.newBuilder().setData(ByteString.copyFrom(data)).build();
	}

	private static EchoMessage identity(int caller, int call, Random random) {
		byte[] data = new byte[8 + random.nextInt(1_024)];
		random.nextBytes(data);
		ByteBuffer.wrap(data).putInt(caller).putInt(call);
		return EchoMessage.newBuilder().setData(ByteString.copyFrom(data)).build();
	}

	private static UdsRemoteException assertRemote(ThrowingCallable call, Status status) {
		return assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(call)
			.satisfies((failure) -> assertThat(failure.getStatus()).isEqualTo(status))
			.actual();
	}

}
