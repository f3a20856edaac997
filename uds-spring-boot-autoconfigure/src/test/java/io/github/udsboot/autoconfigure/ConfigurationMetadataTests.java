package io.github.udsboot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationMetadataTests {

	private static final Map<String, JsonNode> properties = new HashMap<>();

	private static final Map<String, JsonNode> hints = new HashMap<>();

	@BeforeAll
	static void read() throws IOException {
		JsonMapper mapper = new JsonMapper();
		ClassLoader loader = ConfigurationMetadataTests.class.getClassLoader();
		for (URL url : Collections.list(loader.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = url.openStream()) {
				JsonNode metadata = mapper.readTree(stream);
				metadata.path("properties").forEach((property) -> keep(property, properties));
				metadata.path("hints").forEach((hint) -> keep(hint, hints));
			}
		}
	}

	private static void keep(JsonNode entry, Map<String, JsonNode> entries) {
		String name = entry.path("name").asString();
		if (name.startsWith("uds.") || name.contains(".uds.")) {
			entries.put(name, entry);
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "uds.enabled, Boolean, true", "uds.socket.path, String, -",
			"uds.socket.permissions, String, rw-------", "uds.socket.group, String, -",
			"uds.socket.transport, TransportType, auto", "uds.socket.backlog, Integer, 1024",
			"uds.socket.allow-shared-directory, Boolean, false", "uds.socket.wait-for-release, Duration, 0",
			"uds.listener.enabled, Boolean, true", "uds.listener.auto-startup, Boolean, true",
			"uds.listener.protocol, String, ttrpc", "uds.listener.execution, Execution, auto",
			"uds.listener.max-handler-threads, Integer, 200", "uds.listener.max-connections, Integer, 1024",
			"uds.listener.max-connections-per-user, Integer, -",
			"uds.listener.max-in-flight-per-connection, Integer, 256", "uds.listener.max-in-flight, Integer, 4096",
			"uds.listener.max-frame-size, DataSize, 4MB", "uds.listener.max-metadata-size, DataSize, 8KB",
			"uds.listener.outbound-queue-size, DataSize, 4MB", "uds.listener.memory, DataSize, -",
			"uds.listener.stream-stall-timeout, Duration, 0", "uds.listener.first-frame-timeout, Duration, 5s",
			"uds.listener.frame-timeout, Duration, 10s", "uds.listener.stall-timeout, Duration, 10s",
			"uds.listener.idle-timeout, Duration, 0", "uds.listener.ping-interval, Duration, 2h",
			"uds.listener.ping-timeout, Duration, 20s", "uds.listener.drain.timeout, Duration, -",
			"uds.listener.drain.stream-timeout, Duration, 5s", "uds.listener.allowed-users, List<java.lang.String>, -",
			"uds.listener.allowed-groups, List<java.lang.String>, -", "uds.listener.busy-poll, String, auto",
			"uds.client.expected-users, List<java.lang.String>, -",
			"uds.client.expected-groups, List<java.lang.String>, -", "uds.client.path, String, -",
			"uds.client.protocol, String, ttrpc", "uds.client.timeout, Duration, 30s",
			"uds.client.connect-timeout, Duration, 5s", "uds.client.max-connections, Integer, -",
			"uds.client.max-streams, Integer, 64", "uds.client.outbound-queue-size, DataSize, 4MB",
			"uds.client.memory, DataSize, -", "uds.client.frame-timeout, Duration, 10s",
			"uds.client.stall-timeout, Duration, 10s", "uds.client.wait-for-server, Duration, 5s",
			"uds.client.reconnect.initial-backoff, Duration, 20ms", "uds.client.reconnect.max-backoff, Duration, 1s",
			"uds.client.health.probe, Boolean, -", "uds.client.busy-poll, String, auto",
			"uds.listener.greeting, String, -", "uds.listener.keep-alive, Boolean, -",
			"uds.listener.line.delimiter, String, '\n'", "uds.listener.line.routing, LineRouting, none",
			"uds.client.max-frame-size, DataSize, 4MB", "uds.client.keep-alive, Boolean, -",
			"uds.client.read-until, ReadUntil, chunk", "uds.client.line.delimiter, String, '\n'",
			"uds.client.line.routing, LineRouting, none",
			"uds.listeners, 'Map<java.lang.String,io.github.udsboot.autoconfigure.UdsProperties$Listener>', -",
			"uds.clients, 'Map<java.lang.String,io.github.udsboot.autoconfigure.UdsProperties$Client>', -",
			"uds.security.roles, 'Map<java.lang.String,io.github.udsboot.autoconfigure.security.UdsSecurityProperties$Role>', -",
			"management.health.uds.enabled, Boolean, true", "uds.observation.enabled, Boolean, -",
			"uds.mdc.enabled, Boolean, false" })
	void everyKeyHasADescriptionATypeAndItsDefault(String name, String type, String defaultValue) {
		JsonNode property = properties.get(name);
		assertThat(property).as(name).isNotNull();
		assertThat(property.path("type").asString()).endsWith("." + type);
		assertThat(property.path("description").asString()).endsWith(".").hasSizeGreaterThan(20);
		assertThat(property.path("defaultValue").asString(null)).isEqualTo(defaultValue);
	}

	@Test
	void thereAreNoOtherKeys() {
		Set<String> documented = Stream.of(ConfigurationMetadataTests.class.getDeclaredMethods())
			.filter((method) -> method.getName().equals("everyKeyHasADescriptionATypeAndItsDefault"))
			.flatMap((method) -> Stream.ofNullable(method.getAnnotation(CsvSource.class)))
			.flatMap((source) -> Stream.of(source.value()))
			.map((line) -> line.substring(0, line.indexOf(',')))
			.collect(Collectors.toSet());
		assertThat(properties.keySet()).isEqualTo(documented);
	}

	/**
	 * As for every map, the metadata have one entry for all names; editors look at the
	 * type of its values.
	 */
	@ParameterizedTest
	@CsvSource({ "uds.socket., Listener", "uds.listener., Listener", "uds.client., Client" })
	void whateverStandsWithoutANameMayStandBelowAName(String prefix, String type) throws ClassNotFoundException {
		Class<?> named = Class.forName(UdsProperties.class.getName() + "$" + type);
		List<String> keys = properties.keySet().stream().filter((key) -> key.startsWith(prefix)).toList();
		assertThat(keys).hasSizeGreaterThan(4).allSatisfy((key) -> {
			String[] path = key.substring(prefix.length()).split("\\.");
			BeanWrapper bean = new BeanWrapperImpl(named);
			String property = Stream.of(path)
				.map(ConfigurationMetadataTests::camelCase)
				.collect(Collectors.joining("."));
			assertThat(bean.isWritableProperty(property)).isTrue();
			assertThat(ClassUtils.resolvePrimitiveIfNecessary(bean.getPropertyType(property)).getName())
				.isEqualTo(properties.get(key).path("type").asString().replaceAll("<.*", ""));
		});
	}

	private static String camelCase(String dashed) {
		String[] words = dashed.split("-");
		return words[0] + Stream.of(words).skip(1).map(StringUtils::capitalize).collect(Collectors.joining());
	}

	@Test
	void theGreatestFrameSizeWarnsOfPeersInGo() {
		assertThat(properties.get("uds.listener.max-frame-size").path("description").asString()).contains("4 MB", "Go");
	}

	@ParameterizedTest
	@CsvSource({ "uds.socket.permissions, rw-------", "uds.socket.transport, junixsocket",
			"uds.listener.protocol, ttrpc", "uds.listener.execution, virtual", "uds.listener.busy-poll, off",
			"uds.listener.protocol, line", "uds.listener.protocol, raw", "uds.listener.line.routing, first-word",
			"uds.client.protocol, ttrpc", "uds.client.protocol, line", "uds.client.protocol, raw",
			"uds.client.line.routing, first-word", "uds.client.read-until, eof", "uds.client.busy-poll, off" })
	void keysWithKnownValuesHintAtThem(String name, String value) {
		JsonNode hint = hints.get(name);
		assertThat(hint).as(name).isNotNull();
		assertThat(hint.path("values")).anySatisfy((known) -> {
			assertThat(known.path("value").asString()).isEqualTo(value);
			assertThat(known.path("description").asString()).endsWith(".");
		});
	}

	@Test
	void hintsBelongToKeys() {
		assertThat(properties.keySet()).containsAll(hints.keySet());
	}

}
