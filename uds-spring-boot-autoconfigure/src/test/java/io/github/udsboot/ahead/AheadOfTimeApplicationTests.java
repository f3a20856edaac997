package io.github.udsboot.ahead;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code process-aot} builds, run as {@code java -Dspring.aot.enabled=true} by a
 * process whose environment has the paths.
 */
class AheadOfTimeApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static final String CLASS_PATH = System.getProperty("surefire.test.class.path",
			System.getProperty("java.class.path"));

	@TempDir
	private static Path built;

	@TempDir
	private Path directory;

	private final List<Process> processes = new ArrayList<>();

	@BeforeAll
	static void build() throws IOException {
		Path sources = built.resolve("sources");
		Path classes = built.resolve("classes");
		Settings settings = Settings.builder()
			.sourceOutput(sources)
			.resourceOutput(classes)
			.classOutput(classes)
			.groupId("io.github.udsboot")
			.artifactId("ahead")
			.build();
		new SpringApplicationAotProcessor(AheadOfTimeApplication.class, settings, new String[0]).process();
		List<String> arguments = new ArrayList<>(
				List.of("-proc:none", "-nowarn", "-cp", classes + File.pathSeparator + CLASS_PATH, "-d", "" + classes));
		try (Stream<Path> files = Files.walk(sources)) {
			files.filter(Files::isRegularFile).map(Path::toString).forEach(arguments::add);
		}
		ByteArrayOutputStream messages = new ByteArrayOutputStream();
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, messages, messages, arguments.toArray(String[]::new));
		assertThat(result).as(messages::toString).isZero();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.processes.forEach(Process::destroy);
		for (Process process : this.processes) {
			process.waitFor();
		}
	}

	@Test
	void whenTheEnvironmentHasThePathsThenListenersClientsAndTypedClientsWork() throws IOException {
		Path socket = this.directory.resolve("a.sock");
		Path admin = this.directory.resolve("b.sock");
		start(Map.of("UDS_SOCKET_PATH", socket.toString(), "UDS_LISTENERS_ADMIN_PATH", admin.toString()));
		assertThat(request(socket, "relay")).as(this::log).isEqualTo("Hello, Ada! Hello, Ada!");
		assertThat(request(admin, "greet")).as(this::log).isEqualTo("Welcome, Ada!");
	}

	@Test
	void whenTheEnvironmentHasNoPathThenTheReportSaysWhatIsMissing() throws Exception {
		Process process = start(Map.of());
		assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isNotZero();
		assertThat(log()).contains("APPLICATION FAILED TO START", "Parameter 0 of method handlers",
				"required a UdsTemplate, and no property says where it should connect to", "'uds.socket.path'");
	}

	private static String request(Path socket, String route) {
		try (UdsTemplate uds = UdsTemplate.builder()
			.path(socket.toString())
			.timeout(PATIENCE)
			.waitForServer(PATIENCE)
			.build()) {
			return uds.request(route, "Ada", String.class);
		}
	}

	private Process start(Map<String, String> environment) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Dspring.aot.enabled=true", "-cp",
				built.resolve("classes") + File.pathSeparator + CLASS_PATH, AheadOfTimeApplication.class.getName());
		builder.environment().putAll(environment);
		Process process = builder.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
		this.processes.add(process);
		return process;
	}

	private String log() {
		try {
			return Files.readString(this.directory.resolve("log"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
