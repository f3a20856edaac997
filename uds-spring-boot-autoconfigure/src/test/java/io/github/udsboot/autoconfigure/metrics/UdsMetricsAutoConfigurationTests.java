package io.github.udsboot.autoconfigure.metrics;

import java.nio.file.Path;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.BDDMockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.metrics.MicrometerCallRecorderFactory;
import io.github.udsboot.observation.CallRecorderFactory;

import static org.assertj.core.api.Assertions.assertThat;

class UdsMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
				UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void whenThereIsARegistryThenCallsAreTimedAndConnectionsCountedOnBothSides() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				context.getBean(UdsTemplate.class).request("echo", "x", String.class);
				assertThat(
						registry.get("uds.client.requests").tags("client", "default", "route", "echo", "status", "OK"))
					.satisfies((timer) -> assertThat(timer.timer().count()).isEqualTo(1));
				// The server records when it has answered, perhaps a little later
				Awaitility.await()
					.untilAsserted(() -> assertThat(registry.find("uds.server.requests")
						.tags("listener", "default", "route", "echo", "status", "OK")
						.timer()).isNotNull());
				assertThat(registry.get("uds.server.connections").tag("listener", "default").gauge().value())
					.isEqualTo(1);
				assertThat(registry.get("uds.client.connections").tag("client", "default").gauge().value())
					.isEqualTo(1);
			});
	}

	@Test
	void whenListenersAndClientsHaveNamesThenTheirMetersHaveThemAsTags() {
		this.contextRunner.withUserConfiguration(NamedHandler.class)
			.withPropertyValues("uds.listeners.order-events.path=" + this.directory.resolve("a.sock"),
					"uds.clients.order-events.path=" + this.directory.resolve("a.sock"),
					"uds.clients.idle.path=" + this.directory.resolve("b.sock"))
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				context.getBean("order-eventsUdsTemplate", UdsTemplate.class).request("greet", "x", String.class);
				assertThat(registry.get("uds.client.requests").tag("client", "order-events").timer().count())
					.isEqualTo(1);
				Awaitility.await()
					.untilAsserted(() -> assertThat(
							registry.find("uds.server.requests").tag("listener", "order-events").timer())
						.isNotNull());
				assertThat(registry.get("uds.server.connections").tag("listener", "order-events").gauge().value())
					.isEqualTo(1);
				assertThat(registry.get("uds.client.connections").tag("client", "order-events").gauge().value())
					.isEqualTo(1);
				assertThat(registry.get("uds.client.connections").tag("client", "idle").gauge().value()).isZero();
			});
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsMeasured() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				assertThat(context).doesNotHaveBean(CallRecorderFactory.class);
				assertThat(context).doesNotHaveBean(MeterBinder.class);
			});
	}

	@Test
	void whenThereIsOnlyAClientThenOnlyItIsMeasured() {
		this.contextRunner.withPropertyValues("uds.client.path=" + this.directory.resolve("a.sock")).run((context) -> {
			assertThat(context).hasBean("udsClientMetrics");
			assertThat(context).doesNotHaveBean("udsListenerMetrics");
		});
	}

	@Test
	void whenThereIsOnlyAListenerThenOnlyItIsMeasured() {
		this.contextRunner.withBean(UdsOperations.class, () -> BDDMockito.mock(UdsOperations.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				assertThat(context).hasBean("udsListenerMetrics");
				assertThat(context).doesNotHaveBean("udsClientMetrics");
			});
	}

	@Test
	void whenUdsIsDisabledThenNothingIsMeasured() {
		this.contextRunner.withPropertyValues("uds.enabled=false").run((context) -> {
			assertThat(context).hasSingleBean(MeterRegistry.class);
			assertThat(context).doesNotHaveBean(CallRecorderFactory.class);
		});
	}

	@Test
	void whenBeansAreDefinedThenTheyTakeThePlaceOfTheConfiguredOnes() {
		MicrometerCallRecorderFactory factory = new MicrometerCallRecorderFactory(new SimpleMeterRegistry());
		MeterBinder none = (registry) -> {
		};
		this.contextRunner.withBean(MicrometerCallRecorderFactory.class, () -> factory)
			.withBean("udsListenerMetrics", MeterBinder.class, () -> none)
			.withBean("udsClientMetrics", MeterBinder.class, () -> none)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				assertThat(context.getBean(MicrometerCallRecorderFactory.class)).isSameAs(factory);
				assertThat(context.getBean("udsListenerMetrics")).isSameAs(none);
				assertThat(context.getBean("udsClientMetrics")).isSameAs(none);
			});
	}

	@Test
	void whenMicrometerIsNotOnTheClassPathThenListenerAndClientWorkAllTheSame() {
		// As an application does, which filters by class name before it loads conditions
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.withUserConfiguration(Application.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(UdsTemplate.class).request("echo", "x", String.class)).isEqualTo("x");
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class NamedHandler {

		@UdsHandler(value = "greet", listener = "order-events")
		String greet(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
			UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class })
	@Import(GreetingHandlers.class)
	static class Application {

	}

}
