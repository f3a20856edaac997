package io.github.udsboot.readme;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.security.PeerAuthorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What docs/security.md shows of who may enter.
 */
class AccessTests {

	@TempDir
	private Path directory;

	@Test
	void aListIsReadAgainARefusalIsAnEventAndAListenerHasItsOwnAuthorizer() throws Exception {
		Map<String, Object> changing = new ConcurrentHashMap<>();
		String user = Files.getOwner(this.directory).getName();
		changing.put("uds.listener.allowed-users", user);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changing", changing)))
			.withUserConfiguration(TickHandlers.class, AdminAccess.class, AccessUpdates.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.admin.path=" + this.directory.resolve("admin.sock"))
			.run((context) -> {
				UdsTemplate template = context.getBean(UdsTemplate.class);
				assertThat(template.route("ticks.sum").payloads(List.of(1, 2)).retrieve(Long.class)).isEqualTo(3);
				assertThat(context.getBean("adminUdsListenerContainer", UdsListenerContainer.class)
					.getOptions()
					.getAuthorizer()).isSameAs(context.getBean("adminAuthorizer", PeerAuthorizer.class));
				AccessUpdates updates = context.getBean(AccessUpdates.class);
				changing.put("uds.listener.allowed-users", "4294967");
				updates.usersHaveChanged();
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> template.route("ticks.sum").payloads(List.of(1, 2)).retrieve(Long.class));
				Awaitility.await()
					.untilAsserted(() -> assertThat(updates.refusals())
						.anySatisfy((refusal) -> assertThat(refusal).startsWith("UNAUTHORIZED user " + user)));
			});
	}

}
