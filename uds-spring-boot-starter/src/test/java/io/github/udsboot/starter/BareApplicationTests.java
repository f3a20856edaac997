package io.github.udsboot.starter;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.starter.Order.Item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Applications that have the starter and nothing else.
 */
@ExtendWith(OutputCaptureExtension.class)
class BareApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<Process> processes = new ArrayList<>();

	@TempDir
	private Path directory;

	@AfterEach
	void endProcesses() {
		this.processes.forEach(Process::destroyForcibly);
	}

	@Test
	void theStarterBringsNeitherWebNorActuator() {
		for (String name : List.of("org.springframework.web.context.WebApplicationContext",
				"org.springframework.boot.health.contributor.Health", "io.micrometer.core.instrument.MeterRegistry")) {
			assertThat(ClassUtils.isPresent(name, null)).as(name).isFalse();
		}
	}

	@Test
	void twoContextsExchangeRecordsAsJson() {
		try (ConfigurableApplicationContext server = run(ServerApplication.class, "--uds.socket.path=" + socket());
				ConfigurableApplicationContext client = run(NoCalls.class, "--uds.client.path=" + socket())) {
			assertThat(server.getBean(UdsListenerContainer.class).isRunning()).isTrue();
			assertThat(client.getBeanProvider(UdsListenerContainer.class).getIfAvailable()).isNull();
			Order order = new Order(7, LocalDate.of(2026, 1, 31), List.of(new Item("milk", 1), new Item("tea", 2)));
			assertThat(client.getBean(UdsTemplate.class).request("orders.add", order, Order.class))
				.isEqualTo(new Order(8, LocalDate.of(2026, 2, 1), order.items()));
		}
	}

	@Test
	void twoProcessesExchangeRecordsAsJson() throws Exception {
		Process server = start(ServerApplication.class, "--uds.socket.path=" + socket());
		try (ConfigurableApplicationContext client = run(NoCalls.class, "--uds.client.path=" + socket(),
				"--uds.client.wait-for-server=60s", "--uds.client.timeout=60s")) {
			UdsTemplate uds = client.getBean(UdsTemplate.class);
			Order order = new Order(7, LocalDate.of(2026, 1, 31), List.of(new Item("milk", 1)));
			assertThat(uds.request("orders.add", order, Order.class))
				.isEqualTo(new Order(8, LocalDate.of(2026, 2, 1), order.items()));
			// A server stays alive by itself, when its main method has returned
			Awaitility.await()
				.atMost(PATIENCE)
				.untilAsserted(() -> assertThat(uds.request("main.alive", null, Boolean.class)).isFalse());
			assertThat(server.isAlive()).isTrue();
		}
		server.destroy();
		assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(socket()).doesNotExist();
	}

	@Test
	void aClientProcessEndsWhenItsWorkIsDone() throws Exception {
		try (ConfigurableApplicationContext server = run(ServerApplication.class, "--uds.socket.path=" + socket())) {
			assertThat(server.isRunning()).isTrue();
			Process client = start(ClientApplication.class, "--uds.client.path=" + socket());
			assertThat(client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(output(client))
				.contains("called: Order[id=42, day=2026-11-20, items=[Item[name=tea, quantity=2]]]");
			assertThat(client.exitValue()).isZero();
		}
	}

	@Test
	void whenAnotherProcessListensThenTheReportSaysSoAndTheOtherIsUnharmed(CapturedOutput output) throws Exception {
		start(ServerApplication.class, "--uds.socket.path=" + socket());
		try (ConfigurableApplicationContext client = run(NoCalls.class, "--uds.client.path=" + socket(),
				"--uds.client.wait-for-server=60s", "--uds.client.timeout=60s")) {
			UdsTemplate uds = client.getBean(UdsTemplate.class);
			uds.route("orders.{id}.get", 1).retrieve(Order.class);
			assertThatException()
				.isThrownBy(() -> run(ServerApplication.class, "--uds.socket.path=" + socket()).close());
			assertThat(output).contains("APPLICATION FAILED TO START",
					"A server is already running on '" + socket() + "'", "another process",
					"Stop that process, or choose another path.");
			assertThat(uds.route("orders.{id}.get", 2).retrieve(Order.class).id()).isEqualTo(2);
		}
	}

	private Path socket() {
		return this.directory.resolve("orders.sock");
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).run(arguments);
	}

	private Process start(Class<?> application, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-cp",
						System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
						application.getName()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(log(application).toFile())
			.start();
		this.processes.add(process);
		return process;
	}

	private String output(Process process) throws IOException {
		assertThat(process.isAlive()).isFalse();
		return Files.readString(log(ClientApplication.class));
	}

	private Path log(Class<?> application) {
		return this.directory.resolve(application.getSimpleName() + ".log");
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class NoCalls {

	}

}
