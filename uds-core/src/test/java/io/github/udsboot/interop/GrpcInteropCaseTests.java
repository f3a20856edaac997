package io.github.udsboot.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * gRPC's interoperability test cases, as its {@code doc/interop-test-descriptions.md} has
 * them, between a template and a listener with its {@code TestService}. What is left out
 * concerns HTTP/2, compression, credentials, and metadata in answers, none of which ttrpc
 * has.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class GrpcInteropCaseTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final String SERVICE = "grpc.testing.TestService.";

	private static final int[] REQUEST_SIZES = { 27182, 8, 1828, 45904 };

	private static final int[] RESPONSE_SIZES = { 31415, 9, 2653, 58979 };

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	/** Statuses, as the client has them. */
	private final Queue<Status> statuses = new ConcurrentLinkedQueue<>();

	/** Statuses, as the server has them. */
	private final Queue<Status> serverStatuses = new ConcurrentLinkedQueue<>();

	private UdsListenerContainer container;

	private UdsTemplate uds;

	@BeforeEach
	void start() throws NoSuchMethodException {
		TestService service = new TestService();
		HandlerRegistry registry = new HandlerRegistry();
		for (String method : List.of("emptyCall", "unaryCall", "streamingInputCall", "streamingOutputCall",
				"fullDuplexCall")) {
			String route = SERVICE + Character.toUpperCase(method.charAt(0)) + method.substring(1);
			registry.register(new UdsHandlerEndpoint(Set.of("test"), route, () -> service, TestService.class,
					Arrays.stream(TestService.class.getDeclaredMethods())
						.filter((candidate) -> candidate.getName().equals(method))
						.findFirst()
						.orElseThrow(NoSuchMethodException::new),
					Execution.AUTO));
		}
		Path path = this.directory.resolve("test.sock");
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(path));
		options.setTransport(this.transport);
		this.container = new UdsListenerContainer(options, registry.routerFor("test"),
				(route, status, nanos) -> this.serverStatuses.add(status), null);
		this.container.start();
		this.uds = UdsTemplate.builder()
			.path(path.toString())
			.transport(this.transport)
			.recorder((route, status, nanos) -> this.statuses.add(status))
			.build();
	}

	@AfterEach
	void stop() {
		await().atMost(BOUND).until(() -> this.container.stats().requestsInFlight() == 0);
		this.uds.close();
		this.container.stop();
	}

	@Test
	@DisplayName("empty_unary")
	void emptyUnary() {
		assertThat(this.uds.request(SERVICE + "EmptyCall", null, byte[].class)).isNullOrEmpty();
		assertThat(this.statuses).containsExactly(Status.OK);
	}

	@Test
	@DisplayName("large_unary")
	void largeUnary() {
		SimpleRequest request = new SimpleRequest(314159, new byte[271828], null);
		SimpleResponse response = this.uds.request(SERVICE + "UnaryCall", request, SimpleResponse.class);
		assertThat(response.body()).isEqualTo(new byte[314159]);
	}

	@Test
	@DisplayName("client_streaming")
	void clientStreaming() {
		Stream<byte[]> payloads = IntStream.of(REQUEST_SIZES).mapToObj(byte[]::new);
		assertThat(this.uds.route(SERVICE + "StreamingInputCall").payloads(payloads).retrieve(Integer.class))
			.isEqualTo(74922);
	}

	@Test
	@DisplayName("server_streaming")
	void serverStreaming() {
		try (Stream<byte[]> responses = this.uds.stream(SERVICE + "StreamingOutputCall",
				new OutputRequest(RESPONSE_SIZES, null, null), byte[].class)) {
			assertThat(responses.map((response) -> response.length)).containsExactly(31415, 9, 2653, 58979);
		}
		assertThat(this.statuses).containsExactly(Status.OK);
	}

	@Test
	@DisplayName("ping_pong")
	void pingPong() {
		Requests requests = new Requests();
		try (Stream<byte[]> responses = this.uds.route(SERVICE + "FullDuplexCall")
			.payloads(requests)
			.stream(byte[].class)) {
			Iterator<byte[]> iterator = responses.iterator();
			for (int i = 0; i < RESPONSE_SIZES.length; i++) {
				requests.send(new OutputRequest(new int[] { RESPONSE_SIZES[i] }, new byte[REQUEST_SIZES[i]], null));
				assertThat(iterator.next()).hasSize(RESPONSE_SIZES[i]);
			}
			requests.halfClose();
			assertThat(iterator.hasNext()).isFalse();
		}
		assertThat(this.statuses).containsExactly(Status.OK);
	}

	@Test
	@DisplayName("empty_stream")
	void emptyStream() {
		try (Stream<byte[]> responses = this.uds.route(SERVICE + "FullDuplexCall")
			.payloads(List.of())
			.stream(byte[].class)) {
			assertThat(responses).isEmpty();
		}
		assertThat(this.statuses).containsExactly(Status.OK);
	}

	@Test
	@DisplayName("cancel_after_begin")
	void cancelAfterBegin() {
		try (SubmissionPublisher<byte[]> nothing = new SubmissionPublisher<>()) {
			CompletableFuture<Integer> size = this.uds.route(SERVICE + "StreamingInputCall")
				.payloads(nothing)
				.retrieveAsync(Integer.class);
			assertThat(size.cancel(true)).isTrue();
			assertThat(size).isCancelled();
			await().atMost(BOUND).untilAsserted(() -> assertThat(this.statuses).containsExactly(Status.CANCELLED));
		}
	}

	@Test
	@DisplayName("cancel_after_first_response")
	void cancelAfterFirstResponse() {
		Requests requests = new Requests();
		try (Stream<byte[]> responses = this.uds.route(SERVICE + "FullDuplexCall")
			.payloads(requests)
			.stream(byte[].class)) {
			requests.send(new OutputRequest(new int[] { 31415 }, new byte[27182], null));
			assertThat(responses.iterator().next()).hasSize(31415);
		}
		await().atMost(BOUND).untilAsserted(() -> {
			assertThat(this.statuses).containsExactly(Status.CANCELLED);
			assertThat(this.serverStatuses).containsExactly(Status.CANCELLED);
		});
	}

	@Test
	@DisplayName("timeout_on_sleeping_server")
	void timeoutOnSleepingServer() {
		Requests requests = new Requests();
		requests.send(new OutputRequest(new int[0], new byte[27182], null));
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(() -> {
			try (Stream<byte[]> responses = this.uds.route(SERVICE + "FullDuplexCall")
				.payloads(requests)
				.timeout(Duration.ofMillis(1))
				.stream(byte[].class)) {
				responses.forEach((response) -> {
					throw new IllegalStateException("The server does not sleep");
				});
			}
		});
		assertThat(this.statuses).containsExactly(Status.DEADLINE_EXCEEDED);
	}

	@Test
	@DisplayName("status_code_and_message")
	void statusCodeAndMessage() {
		verifyStatus("test status message");
	}

	@Test
	@DisplayName("special_status_message")
	void specialStatusMessage() {
		// the description has it for a unary call only
		verifyStatus("\t\ntest with whitespace\r\nand Unicode BMP \u263A and non-BMP \uD83D\uDE08\t\n");
	}

	private void verifyStatus(String message) {
		EchoStatus status = new EchoStatus(2, message);
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(
				() -> this.uds.request(SERVICE + "UnaryCall", new SimpleRequest(0, null, status), SimpleResponse.class))
			.satisfies((ex) -> verify(ex, message));
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> {
			try (Stream<byte[]> responses = this.uds.route(SERVICE + "FullDuplexCall")
				.payloads(List.of(new OutputRequest(new int[0], null, status)))
				.stream(byte[].class)) {
				responses.toList();
			}
		}).satisfies((ex) -> verify(ex, message));
		assertThat(this.statuses).containsExactly(Status.UNKNOWN, Status.UNKNOWN);
	}

	private static void verify(UdsRemoteException failure, String message) {
		assertThat(failure.getStatus()).isEqualTo(Status.fromCode(2));
		assertThat(failure.getRemoteMessage()).isEqualTo(message);
	}

	@Test
	@DisplayName("unimplemented_method")
	void unimplementedMethod() {
		verifyUnimplemented(SERVICE + "UnimplementedCall");
	}

	@Test
	@DisplayName("unimplemented_service")
	void unimplementedService() {
		verifyUnimplemented("grpc.testing.UnimplementedService.UnimplementedCall");
	}

	private void verifyUnimplemented(String route) {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.request(route, null, byte[].class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.fromCode(12)));
		assertThat(this.statuses).containsExactly(Status.UNIMPLEMENTED);
	}

	record EchoStatus(int code, String message) {

	}

	record SimpleRequest(int responseSize, byte[] body, EchoStatus responseStatus) {

	}

	record SimpleResponse(byte[] body) {

	}

	record OutputRequest(int[] responseSizes, byte[] body, EchoStatus responseStatus) {

	}

	/** What gRPC's descriptions ask of a server. */
	static class TestService {

		void emptyCall() {
			// the empty message
		}

		SimpleResponse unaryCall(SimpleRequest request) {
			echo(request.responseStatus());
			return new SimpleResponse(new byte[request.responseSize()]);
		}

		int streamingInputCall(Stream<byte[]> payloads) {
			return payloads.mapToInt((payload) -> payload.length).sum();
		}

		Stream<byte[]> streamingOutputCall(OutputRequest request) {
			return IntStream.of(request.responseSizes()).mapToObj(byte[]::new);
		}

		Stream<byte[]> fullDuplexCall(Stream<OutputRequest> requests) {
			return requests.flatMap((request) -> {
				echo(request.responseStatus());
				return streamingOutputCall(request);
			});
		}

		private static void echo(EchoStatus status) {
			if (status != null) {
				throw new UdsStatusException(Status.fromCode(status.code()), status.message());
			}
		}

	}

	/** Requests that a test sends one by one. */
	private static final class Requests implements Iterable<OutputRequest> {

		private static final OutputRequest END = new OutputRequest(new int[0], null, null);

		private final BlockingQueue<OutputRequest> requests = new LinkedBlockingQueue<>();

		void send(OutputRequest request) {
			this.requests.add(request);
		}

		void halfClose() {
			this.requests.add(END);
		}

		@Override
		public Iterator<OutputRequest> iterator() {
			return Stream.generate(this::take).takeWhile((request) -> request != END).iterator();
		}

		private OutputRequest take() {
			try {
				return this.requests.take();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
