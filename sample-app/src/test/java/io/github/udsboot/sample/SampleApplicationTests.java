package io.github.udsboot.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.json.JsonContent;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.sample.Orders.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleApplicationTests {

	@TempDir
	private static Path directory;

	@LocalServerPort
	private int port;

	@Autowired
	private UdsTemplate uds;

	@DynamicPropertySource
	static void socketPath(DynamicPropertyRegistry registry) {
		registry.add("uds.socket.path", () -> directory.resolve("sample.sock").toString());
		registry.add("uds.listeners.text.path", () -> directory.resolve("text.sock").toString());
	}

	@Test
	void whenGreetIsRequestedOverHttpThenTheSocketAnswers() throws Exception {
		HttpResponse<String> response = get("/greet?name=Ada");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(new JsonContent(response.body())).isStrictlyEqualTo("{\"message\":\"Hello, Ada!\"}");
	}

	@Test
	void whenBytesAreEchoedThenTheyComeBack() {
		byte[] bytes = { 0, -1, 127, -128 };
		assertThat(this.uds.request("echo", bytes, byte[].class)).isEqualTo(bytes);
	}

	@Test
	void whenAnOrderExistsThenItIsFoundByItsRoute() {
		assertThat(this.uds.route("orders.{id}.get", 42).retrieve(Order.class)).isEqualTo(new Order(42, "towel", 1));
	}

	@Test
	void whenAnOrderDoesNotExistThenTheCallFailsWithNotFound() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.route("orders.{id}.get", 7).retrieve(Order.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND));
	}

	@Test
	void whenALineBeginsWithGreetThenTheTextListenerAnswers() {
		try (UdsTemplate text = textClient()) {
			assertThat(text.exchange("greet Ada", String.class)).isEqualTo("Hello, Ada!");
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> text.exchange("dance", String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		}
	}

	@Test
	void whenTheClockIsAskedForThenItTicksOn() {
		try (UdsTemplate text = textClient(); UdsSession session = text.open()) {
			session.send("clock");
			for (int i = 0; i < 3; i++) {
				assertThat(session.receive(String.class, Duration.ofSeconds(20))).matches("\\d\\d:\\d\\d:\\d\\d");
			}
		}
	}

	private static UdsTemplate textClient() {
		return UdsTemplate.builder()
			.path(directory.resolve("text.sock").toString())
			.protocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD))
			.build();
	}

	@Test
	void whenTheSocketListensThenHealthProvesIt() throws Exception {
		HttpResponse<String> response = get("/actuator/health");
		assertThat(response.statusCode()).isEqualTo(200);
		JsonContent health = new JsonContent(response.body());
		assertThat(health).extractingPath("$.components.uds.status").isEqualTo("UP");
		String listeners = "$.components.uds.components.listener.components.";
		assertThat(health).extractingPath(listeners + "default.details.path")
			.isEqualTo(directory.resolve("sample.sock").toString());
		assertThat(health).extractingPath(listeners + "default.details.state").isEqualTo("RUNNING");
		assertThat(health).extractingPath(listeners + "text.details.path")
			.isEqualTo(directory.resolve("text.sock").toString());
		assertThat(health).extractingPath("$.components.uds.components.client.status").isEqualTo("UP");
		assertThat(Files.exists(directory.resolve("sample.sock"))).isTrue();
	}

	@Test
	void whenCallsWereMadeThenPrometheusHasTheirTimers() throws Exception {
		get("/greet?name=Grace");
		HttpResponse<String> response = get("/actuator/prometheus");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).containsPattern("uds_server_requests_seconds_count\\{.*route=\"greet\".*\\} [1-9]")
			.containsPattern("uds_client_requests_seconds_count\\{.*route=\"greet\".*\\} [1-9]")
			.containsPattern("uds_server_connections\\{.*listener=\"default\".*\\} [1-9]");
	}

	private HttpResponse<String> get(String path) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
					BodyHandlers.ofString());
	}

}
