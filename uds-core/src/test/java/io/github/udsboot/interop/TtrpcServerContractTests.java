package io.github.udsboot.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.google.protobuf.ByteString;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
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
import io.github.udsboot.UdsUnavailableException;
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
 * What our template can expect of a ttrpc server of another implementation. Each test
 * leaves no descriptor behind.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
abstract class TtrpcServerContractTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final GreetRequest ADA = GreetRequest.newBuilder().setName("Ada").build();

	private static final Set<TransportType> WARM = EnumSet.noneOf(TransportType.class);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private ProcessResources before;

	private Path socket;

	private InteropProcess server;

	private UdsTemplate template;

	/**
	 * Start the server and wait until it listens.
	 * @param socket the path of the socket, which is free
	 */
	protected abstract InteropProcess startServer(Path socket);

	/** Return what a payload is answered that cannot be parsed: no two servers agree. */
	protected abstract Status statusOfAPayloadThatIsNoMessage();

	/** Return what a route is answered whose service the server does not have. */
	protected Status statusOfAnUnknownService() {
		return Status.UNIMPLEMENTED;
	}

	/** Return what a frame is answered that is larger than ttrpc allows. */
	protected Status statusOfARequestThatIsTooLarge() {
		return Status.RESOURCE_EXHAUSTED;
	}

	@BeforeEach
	void start() {
		this.socket = this.directory.resolve("server.sock");
		warmUp();
		this.before = ProcessResources.now();
		this.server = startServer(this.socket);
		this.template = builder().build();
	}

	/** What is created once and kept for ever must not count as a leak. */
	private void warmUp() {
		if (!WARM.add(this.transport)) {
			return;
		}
		Path warm = this.directory.resolve("warm.sock");
		try (InteropProcess server = startServer(warm);
				UdsTemplate template = UdsTemplate.builder().path(warm.toString()).transport(this.transport).build()) {
			assertThat(template.request(InteropService.GREET, ADA, GreetReply.class).getMessage()).as(server::describe)
				.isEqualTo("Hello, Ada!");
		}
	}

	@AfterEach
	void stop() {
		this.template.close();
		this.server.close();
		this.before.awaitDescriptors();
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
	@ValueSource(ints = { 0, 1, 255, 65_536, 1 << 20 })
	void bytesComeBackAsTheyWere(int length) {
		EchoMessage sent = echo(new Random(length), length);
		assertThat(this.template.request(InteropService.ECHO, sent, EchoMessage.class)).isEqualTo(sent);
	}

	@Test
	void largestRequestThatAnyServerTakesIsAnswered() {
		EchoMessage sent = echo(new Random(4), (4 << 20) - 100);
		assertThat(this.template.request(InteropService.ECHO, sent, EchoMessage.class)).isEqualTo(sent);
	}

	@Test
	void largerRequestIsNotSent() {
		EchoMessage tooLarge = echo(new Random(5), 4 << 20);
		assertThatExceptionOfType(UdsLimitExceededException.class)
			.isThrownBy(() -> this.template.request(InteropService.ECHO, tooLarge, EchoMessage.class));
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	@Test
	void requestThatIsTooLargeForTheServerLeavesTheConnection() {
		this.template.close();
		this.template = builder().maxConnections(1).frameLimits(new FrameLimits(5 << 20, 8 << 10, 64, 255)).build();
		EchoMessage tooLarge = echo(new Random(5), 4 << 20);
		assertRemote(() -> this.template.request(InteropService.ECHO, tooLarge, EchoMessage.class),
				statusOfARequestThatIsTooLarge());
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

	@ParameterizedTest
	@ValueSource(strings = { "udsboot.interop.v1.NoSuchService.Greet", "bare" })
	void unknownServiceFailsAsTheServerHasIt(String route) {
		assertRemote(() -> this.template.request(route, ADA, GreetReply.class), statusOfAnUnknownService());
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "OK", "DEADLINE_EXCEEDED" })
	void statusOfTheHandlerArrives(Status status) {
		UdsRemoteException failure = assertRemote(() -> fail(status.code(), "no such thing"), status);
		assertThat(failure.getRemoteMessage()).isEqualTo("no such thing");
		assertThat(failure.getRoute()).isEqualTo(InteropService.FAIL);
		assertThat(failure.getSocketPath()).isEqualTo(this.socket.toString());
	}

	@Test
	void detailsOfTheHandlerArrive() {
		FailRequest request = FailRequest.newBuilder().setCode(5).setMessage("no such thing").build();
		UdsRemoteException failure = assertRemote(
				() -> this.template.request(DetailsService.FAIL, request, Empty.class), Status.NOT_FOUND);
		assertThat(failure.getRemoteMessage()).isEqualTo("no such thing");
		assertThat(failure.getDetails()).hasSize(2);
		assertThat(ProtobufDetails.find(failure.getDetails(), FailRequest.class)).contains(request);
		assertThat(ProtobufDetails.find(failure.getDetails(), GreetReply.class)).contains(DetailsService.GREETING);
	}

	/** Rust writes a status beside each answer, where Go writes none. */
	@Test
	void statusOkIsASuccess() {
		assertThat(fail(0, "not used")).isEqualTo(Empty.getDefaultInstance());
	}

	private Empty fail(int code, String message) {
		return this.template.request(InteropService.FAIL,
				FailRequest.newBuilder().setCode(code).setMessage(message).build(), Empty.class);
	}

	@Test
	void payloadThatIsNoMessageFailsAsTheServerHasIt() {
		assertRemote(() -> this.template.request(InteropService.GREET, new byte[] { -1 }, GreetReply.class),
				statusOfAPayloadThatIsNoMessage());
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
			// The server's own answer to the deadline is late by now, or about to be
			assertThat(greet()).isEqualTo("Hello, Ada!");
		}
		assertThat(stats().connects()).isEqualTo(1);
		assertThat(stats().requestsInFlight()).isZero();
	}

	@Test
	void deadlineOfAnAsynchronousCallEndsIt() {
		CompletableFuture<Empty> call = this.template.route(InteropService.SLEEP)
			.timeout(Duration.ofMillis(50))
			.payload(SleepRequest.newBuilder().setMillis(20_000).build())
			.retrieveAsync(Empty.class);
		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsDeadlineExceededException.class);
		assertThat(greet()).isEqualTo("Hello, Ada!");
	}

	private Empty sleep(long millis, Duration timeout) {
		return this.template.route(InteropService.SLEEP)
			.timeout(timeout)
			.payload(SleepRequest.newBuilder().setMillis(millis).build())
			.retrieve(Empty.class);
	}

	@Test
	void metadataArrivesInLowerCaseWithAllValues() {
		assertThat(metadata("tenant")).containsExactly("blue", "gr\u00fcn");
	}

	/**
	 * Send metadata with the keys {@code Tenant} and {@code tenant}.
	 * @param key what the handler looks up
	 * @return the values that it finds
	 */
	protected List<String> metadata(String key) {
		return this.template.route(InteropService.METADATA)
			.header("Tenant", "blue")
			.header("tenant", "gr\u00fcn")
			.header("other", "?")
			.payload(MetadataRequest.newBuilder().setKey(key).build())
			.retrieve(MetadataReply.class)
			.getValuesList();
	}

	@Test
	void platformThreadsGetTheirOwnAnswers() throws Exception {
		assertIdentity(Executors.newFixedThreadPool(32));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsGetTheirOwnAnswers() throws Exception {
		assertIdentity((ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
	}

	private void assertIdentity(ExecutorService executor) throws Exception {
		try {
			List<Callable<Integer>> callers = IntStream.range(0, 32)
				.<Callable<Integer>>mapToObj((caller) -> () -> callMany(caller, 500))
				.toList();
			int calls = 0;
			for (Future<Integer> caller : executor.invokeAll(callers)) {
				calls += caller.get();
			}
			assertThat(calls).isEqualTo(32 * 500);
			assertThat(stats().requestsInFlight()).isZero();
			assertThat(stats().connects()).isLessThanOrEqualTo(2);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private int callMany(int caller, int calls) {
		Random random = new Random(caller);
		for (int call = 0; call < calls; call++) {
			EchoMessage sent = identity(caller, call, random);
			assertThat(this.template.request(InteropService.IDENTITY, sent, EchoMessage.class)).isEqualTo(sent);
		}
		return calls;
	}

	@Test
	void callersThatBeginTogetherShareTheConnections() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(64);
		try {
			for (int i = 0; i < 100; i++) {
				this.template.close();
				this.template = builder().maxConnections(2).build();
				CyclicBarrier together = new CyclicBarrier(64);
				List<Callable<String>> callers = Collections.nCopies(64, () -> {
					together.await();
					return greet();
				});
				for (Future<String> caller : executor.invokeAll(callers)) {
					assertThat(caller.get()).isEqualTo("Hello, Ada!");
				}
				assertThat(stats().connects()).isBetween(1L, 2L);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void asynchronousCallsGetTheirOwnAnswers() {
		List<EchoMessage> sent = new ArrayList<>();
		List<CompletableFuture<EchoMessage>> answers = new ArrayList<>();
		Random random = new Random(1);
		for (int call = 0; call < 2_000; call++) {
			EchoMessage message = identity(-1, call, random);
			sent.add(message);
			answers.add(this.template.requestAsync(InteropService.IDENTITY, message, EchoMessage.class));
		}
		for (int call = 0; call < sent.size(); call++) {
			assertThat(answers.get(call)).succeedsWithin(LONG).isEqualTo(sent.get(call));
		}
	}

	@Test
	void asynchronousFailureCarriesTheStatus() {
		CompletableFuture<Empty> call = this.template.requestAsync(InteropService.FAIL,
				FailRequest.newBuilder().setCode(Status.NOT_FOUND.code()).build(), Empty.class);
		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.havingCause()
			.isInstanceOfSatisfying(UdsRemoteException.class,
					(failure) -> assertThat(failure.getStatus()).isEqualTo(Status.NOT_FOUND));
	}

	@Test
	void oneWayCallsAreExecuted() {
		ConcurrentLinkedQueue<String> outcomes = new ConcurrentLinkedQueue<>();
		this.template.close();
		this.template = builder().recorder((route, status, nanos) -> outcomes.add(route + " " + status)).build();
		this.template.send(InteropService.ECHO, echo(new Random(6), 1_000));
		this.template.send(InteropService.FAIL, FailRequest.newBuilder().setCode(Status.ABORTED.code()).build());
		Eventually.assertThat(() -> assertThat(outcomes).containsExactlyInAnyOrder(InteropService.ECHO + " OK",
				InteropService.FAIL + " ABORTED"));
	}

	@Test
	void serverKilledInTheMiddleOfCallsLosesThem() throws Exception {
		useOneConnection();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			SleepRequest request = SleepRequest.newBuilder().setMillis(60_000).build();
			Future<Empty> blocking = executor
				.submit(() -> this.template.request(InteropService.SLEEP, request, Empty.class));
			CompletableFuture<Empty> async = this.template.requestAsync(InteropService.SLEEP, request, Empty.class);
			Eventually.assertThat(() -> assertThat(stats().requestsInFlight()).isEqualTo(2));
			// The answer shows that the server has read what came before it
			assertThat(greet()).isEqualTo("Hello, Ada!");
			this.server.kill();
			assertLost(blocking);
			assertLost(async);
			assertThat(stats().requestsInFlight()).isZero();
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void assertLost(Future<?> call) {
		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsConnectionLostException.class);
	}

	@Test
	void templateFindsTheServerThatWasStartedAgain() {
		for (int i = 1; i <= 5; i++) {
			assertThat(greet()).isEqualTo("Hello, Ada!");
			this.server.terminate();
			this.server = startServer(this.socket);
		}
		assertThat(greet()).isEqualTo("Hello, Ada!");
		assertThat(stats().connects()).isGreaterThanOrEqualTo(6);
	}

	@Test
	void callWaitsForTheServer() throws Exception {
		assertThat(greet()).isEqualTo("Hello, Ada!");
		// The file stays, and connecting is refused
		this.server.kill();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<String> waiting = executor.submit(this::greet);
			Eventually.assertThat(() -> assertThat(stats().connectFailures()).isGreaterThanOrEqualTo(2));
			assertThat(waiting.isDone()).isFalse();
			restartAfterCrash();
			assertThat(waiting).succeedsWithin(LONG).isEqualTo("Hello, Ada!");
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void callFailsUnsentWhenTheServerDoesNotComeBack() {
		this.template.close();
		this.template = builder().waitForServer(Duration.ofMillis(100)).build();
		assertThat(greet()).isEqualTo("Hello, Ada!");
		this.server.kill();
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(this::greet);
		CompletableFuture<GreetReply> call = this.template.requestAsync(InteropService.GREET, ADA, GreetReply.class);
		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsUnavailableException.class);
		assertThatExceptionOfType(UdsUnavailableException.class)
			.isThrownBy(() -> this.template.send(InteropService.GREET, ADA));
	}

	private void restartAfterCrash() throws IOException {
		Files.delete(this.socket);
		this.server = startServer(this.socket);
	}

	private static EchoMessage echo(Random random, int length) {
		byte[] data = new byte[length];
		random.nextBytes(data);
		return EchoMessage.newBuilder().setData(ByteString.copyFrom(data)).build();
	}

	/** Make a message that no other call has, of a length that differs. */
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
