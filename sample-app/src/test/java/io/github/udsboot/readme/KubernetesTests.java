package io.github.udsboot.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The deployment of docs/kubernetes.md, with its environment and in a directory that has
 * the mode and the group of its volume.
 */
@ExtendWith(OutputCaptureExtension.class)
class KubernetesTests {

	private static final Pattern YAML = Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	@TempDir
	private Path directory;

	private Map<String, Object> pod;

	@BeforeEach
	void readTheDeployment() throws IOException {
		ReadmeText readme = ReadmeText.read();
		Matcher yaml = YAML.matcher(Files.readString(readme.project().resolve("docs/kubernetes.md")));
		assertThat(yaml.find()).isTrue();
		Map<String, Object> deployment = new Yaml().load(yaml.group(1));
		assertThat(deployment).containsEntry("kind", "Deployment");
		this.pod = map(map(map(deployment, "spec"), "template"), "spec");
	}

	@Test
	void bothContainersMountTheVolumeWhereTheSocketIs() {
		assertThat(list(this.pod, "volumes")).singleElement()
			.satisfies((volume) -> assertThat(volume).containsEntry("name", "sockets").containsKey("emptyDir"));
		assertThat(list(this.pod, "containers")).hasSize(2).allSatisfy((container) -> {
			Map<String, Object> mount = list(container, "volumeMounts").get(0);
			assertThat(mount).containsEntry("name", "sockets");
			assertThat(environment(container).entrySet()).filteredOn((entry) -> entry.getKey().endsWith("_PATH"))
				.singleElement()
				.satisfies((path) -> assertThat(path.getValue().toString()).startsWith(mount.get("mountPath") + "/"));
		});
		assertThat(environment(container("orders"))).containsEntry("UDS_SOCKET_GROUP",
				map(this.pod, "securityContext").get("fsGroup").toString());
	}

	@Test
	void theSidecarCallsTheListener(CapturedOutput output) throws IOException {
		Path socket = makeTheVolume().resolve("orders.sock");
		try (ConfigurableApplicationContext orders = run(ReadmeTests.OrderApplication.class, "orders");
				ConfigurableApplicationContext sidecar = run(SidecarApplication.class, "sidecar")) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw----");
			assertThat(Files.getAttribute(socket, "unix:gid")).isEqualTo(fsGroup());
			assertThat(sidecar.getBean(OrderClient.class).get(42).id()).isEqualTo(42);
			assertThat(orders.isRunning()).isTrue();
		}
		assertThat(output).containsOnlyOnce("every user could replace the socket, in a pod every container");
	}

	@Test
	void theListenerRefusesTheVolumeUnlessItIsAllowed(CapturedOutput output) throws IOException {
		Path volume = makeTheVolume();
		Map<String, Object> environment = environment(container("orders"));
		assertThat(environment.remove("UDS_SOCKET_ALLOWSHAREDDIRECTORY")).isEqualTo("true");
		assertThatException().isThrownBy(() -> run(ReadmeTests.OrderApplication.class, environment).close());
		assertThat(output).contains("APPLICATION FAILED TO START", "has the mode 2777",
				"'uds.socket.allow-shared-directory' to 'true'");
		assertThat(volume).isEmptyDirectory();
	}

	private Path makeTheVolume() throws IOException {
		Assumptions.assumeTrue(Files.getAttribute(this.directory, "unix:uid").equals(0),
				"only root can give a directory any group");
		Path volume = Files.createDirectory(this.directory.resolve("volume"));
		Files.setAttribute(volume, "unix:gid", fsGroup());
		Files.setAttribute(volume, "unix:mode", 02777);
		return volume;
	}

	private Object fsGroup() {
		return map(this.pod, "securityContext").get("fsGroup");
	}

	private ConfigurableApplicationContext run(Class<?> application, String container) {
		return run(application, environment(container(container)));
	}

	private static ConfigurableApplicationContext run(Class<?> application, Map<String, Object> variables) {
		StandardEnvironment environment = new StandardEnvironment();
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).environment(environment).run();
	}

	private Map<String, Object> container(String name) {
		return list(this.pod, "containers").stream()
			.filter((container) -> name.equals(container.get("name")))
			.findFirst()
			.orElseThrow();
	}

	/** Return the variables of a container, with the volume in place of its mount. */
	private Map<String, Object> environment(Map<String, Object> container) {
		String mount = list(container, "volumeMounts").get(0).get("mountPath").toString();
		boolean made = Files.exists(this.directory.resolve("volume"));
		Map<String, Object> variables = new LinkedHashMap<>();
		for (Map<String, Object> variable : list(container, "env")) {
			String value = variable.get("value").toString();
			variables.put(variable.get("name").toString(),
					made ? value.replace(mount, this.directory.resolve("volume").toString()) : value);
		}
		return variables;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Map<String, Object> parent, String key) {
		return (Map<String, Object>) parent.get(key);
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Map<String, Object> parent, String key) {
		return (List<Map<String, Object>>) parent.get(key);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(OrderClient.class)
	static class SidecarApplication {

	}

}
