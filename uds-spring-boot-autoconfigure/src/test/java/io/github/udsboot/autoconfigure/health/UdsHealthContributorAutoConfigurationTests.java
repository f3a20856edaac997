package io.github.udsboot.autoconfigure.health;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.BDDMockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors.Entry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.health.UdsClientHealthIndicator;
import io.github.udsboot.health.UdsHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;

class UdsHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
				UdsClientAutoConfiguration.class, UdsHealthContributorAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void whenThereAreListenerAndClientThenBothContribute() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				CompositeHealthContributor contributor = context.getBean("udsHealthContributor",
						CompositeHealthContributor.class);
				assertThat(contributor.stream().map(Entry::name)).containsExactly("listener", "client");
				assertThat(contributor.stream().map(Entry::contributor)).allSatisfy(
						(side) -> assertThat(((HealthIndicator) side).health().getStatus()).isEqualTo(Status.UP));
			});
	}

	@Test
	void whenThereIsOnlyAClientThenItContributesAlone() {
		this.contextRunner.withPropertyValues("uds.client.path=" + this.directory.resolve("a.sock"))
			.run((context) -> assertThat(context.getBean("udsHealthContributor"))
				.isInstanceOf(UdsClientHealthIndicator.class));
	}

	@Test
	void whenThereIsOnlyAListenerThenItContributesAlone() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withBean(UdsOperations.class, () -> BDDMockito.mock(UdsOperations.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> assertThat(context.getBean("udsHealthContributor"))
				.isInstanceOf(UdsHealthIndicator.class));
	}

	@Test
	void whenThereAreSeveralClientsThenTheyContributeByName() {
		this.contextRunner.withBean("first", UdsTemplate.class, () -> UdsTemplate.builder().path("/run/1").build())
			.withBean("second", UdsTemplate.class, () -> UdsTemplate.builder().path("/run/2").build())
			.run((context) -> assertThat(
					context.getBean("udsHealthContributor", CompositeHealthContributor.class).stream().map(Entry::name))
				.containsExactly("first", "second"));
	}

	@Test
	void whenListenersAndClientsHaveNamesThenTheyContributeByThem() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.order-events.path=" + this.directory.resolve("b.sock"),
					"uds.clients.order-events.path=" + this.directory.resolve("b.sock"),
					"uds.clients.text.path=" + this.directory.resolve("c.sock"))
			.run((context) -> {
				CompositeHealthContributor contributor = context.getBean("udsHealthContributor",
						CompositeHealthContributor.class);
				CompositeHealthContributor listeners = (CompositeHealthContributor) contributor
					.getContributor("listener");
				CompositeHealthContributor clients = (CompositeHealthContributor) contributor.getContributor("client");
				assertThat(listeners.stream().map(Entry::name)).containsExactlyInAnyOrder("default", "order-events");
				assertThat(clients.stream().map(Entry::name)).containsExactlyInAnyOrder("default", "order-events",
						"text");
				assertThat(status(listeners, "default")).isEqualTo(Status.UP);
				// It has no handler
				assertThat(status(listeners, "order-events")).isEqualTo(Status.UNKNOWN);
				assertThat(status(clients, "default")).isEqualTo(Status.UP);
				assertThat(status(clients, "text")).isEqualTo(Status.DOWN);
			});
	}

	@Test
	void whenAClientOfMessagesIsToProbeThenItConnects() {
		Path path = this.directory.resolve("a.sock");
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + path, "uds.client.health.probe=false",
					"uds.clients.asked.path=" + path, "uds.clients.asked.protocol=line",
					"uds.clients.asked.health.probe=true", "uds.clients.unasked.path=" + path,
					"uds.clients.unasked.protocol=line")
			.run((context) -> {
				CompositeHealthContributor clients = (CompositeHealthContributor) context
					.getBean("udsHealthContributor", CompositeHealthContributor.class)
					.getContributor("client");
				assertThat(status(clients, "default")).isEqualTo(Status.UNKNOWN);
				assertThat(status(clients, "unasked")).isEqualTo(Status.UNKNOWN);
				assertThat(status(clients, "asked")).isEqualTo(Status.UP);
			});
	}

	@Test
	void whenAllHaveNamesThenTheyContributeAllTheSame() {
		this.contextRunner
			.withPropertyValues("uds.clients.text.path=" + this.directory.resolve("c.sock"),
					"uds.clients.orders.path=" + this.directory.resolve("c.sock"))
			.run((context) -> assertThat(
					context.getBean("udsHealthContributor", CompositeHealthContributor.class).stream().map(Entry::name))
				.containsExactlyInAnyOrder("text", "orders"));
		this.contextRunner.withPropertyValues("uds.listeners.text.path=" + this.directory.resolve("c.sock"))
			.run((context) -> assertThat(context.getBean("udsHealthContributor"))
				.isInstanceOf(UdsHealthIndicator.class));
	}

	private static Status status(CompositeHealthContributor contributors, String name) {
		return ((HealthIndicator) contributors.getContributor(name)).health().getStatus();
	}

	@Test
	void whenThereIsNeitherListenerNorClientThenNothingContributes() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(HealthContributor.class));
	}

	@Test
	void whenDisabledThenNothingContributes() {
		this.contextRunner
			.withPropertyValues("management.health.uds.enabled=false",
					"uds.client.path=" + this.directory.resolve("a.sock"))
			.run((context) -> assertThat(context).doesNotHaveBean(HealthContributor.class));
	}

	@Test
	void whenAContributorIsDefinedThenItIsUsed() {
		HealthIndicator own = () -> null;
		this.contextRunner.withBean("udsHealthContributor", HealthContributor.class, () -> own)
			.withPropertyValues("uds.client.path=" + this.directory.resolve("a.sock"))
			.run((context) -> assertThat(context.getBean(HealthContributor.class)).isSameAs(own));
	}

	@Test
	void whenHealthIsNotOnTheClassPathThenListenerAndClientWorkAllTheSame() {
		// As an application does, which filters by class name before it loads conditions
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.withUserConfiguration(Application.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(UdsTemplate.class).request("echo", "x", String.class)).isEqualTo("x");
			});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
			UdsClientAutoConfiguration.class, UdsHealthContributorAutoConfiguration.class })
	@Import(GreetingHandlers.class)
	static class Application {

	}

}
