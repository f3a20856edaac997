package io.github.udsboot.autoconfigure.observation;

import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.autoconfigure.metrics.UdsMetricsAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.metrics.CallMeterObservationHandler;
import io.github.udsboot.observation.DefaultUdsClientObservationConvention;
import io.github.udsboot.observation.DefaultUdsServerObservationConvention;
import io.github.udsboot.observation.ObservationClientInterceptor;
import io.github.udsboot.observation.ObservationServerInterceptor;
import io.github.udsboot.observation.UdsClientObservationConvention;
import io.github.udsboot.observation.UdsServerObservationConvention;

import static org.assertj.core.api.Assertions.assertThat;

class UdsObservationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
				UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class,
				UdsObservationAutoConfiguration.class, ObservationAutoConfiguration.class));

	private final ApplicationContextRunner withMeters = this.contextRunner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void whenSomethingHandlesObservationsThenCallsAreObservedOnBothSides() {
		Recorder recorder = new Recorder();
		this.withMeters.withBean(Recorder.class, () -> recorder)
			.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				context.getBean(UdsTemplate.class).request("echo", "x", String.class);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(recorder.stopped).containsExactlyInAnyOrder("uds.client", "uds.server"));
			});
	}

	@Test
	void whenOnlyMetersWouldComeOfItThenCallsAreNotObservedUnlessAskedFor() {
		this.withMeters.run((context) -> {
			assertThat(context).hasBean("observationRegistry").hasNotFailed();
			assertThat(context.getBeansOfType(ObservationHandler.class)).isNotEmpty();
			assertThat(context).doesNotHaveBean(ObservationServerInterceptor.class)
				.doesNotHaveBean(ObservationClientInterceptor.class);
		});
		this.withMeters.withPropertyValues("uds.observation.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(ObservationServerInterceptor.class)
				.hasSingleBean(ObservationClientInterceptor.class));
	}

	@Test
	void whenObservationIsDisabledThenCallsAreNotObserved() {
		this.withMeters.withBean(Recorder.class)
			.withPropertyValues("uds.observation.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationServerInterceptor.class)
				.doesNotHaveBean(ObservationClientInterceptor.class));
	}

	@Test
	void whenTheRegistryIsTheApplicationsOwnThenCallsAreObserved() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsObservationAutoConfiguration.class))
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasSingleBean(ObservationServerInterceptor.class));
	}

	@Test
	void whenTheRegistryIsTheApplicationsOwnAndThereAreMetersThenCallsAreObserved() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class,
					UdsObservationAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasSingleBean(CallMeterObservationHandler.class)
				.hasSingleBean(ObservationServerInterceptor.class)
				.hasSingleBean(ObservationClientInterceptor.class));
	}

	@Test
	void whenThereAreNoMetersThenCallsAreObserved() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.withBean(Recorder.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ObservationServerInterceptor.class));
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsObserved() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsObservationAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ObservationServerInterceptor.class));
	}

	@Test
	void whenThereAreConventionsThenTheyAreUsed() {
		Recorder recorder = new Recorder();
		this.contextRunner.withBean(Recorder.class, () -> recorder)
			.withBean(UdsServerObservationConvention.class, () -> new DefaultUdsServerObservationConvention() {

				@Override
				public String getName() {
					return "own.server";
				}

			})
			.withBean(UdsClientObservationConvention.class, () -> new DefaultUdsClientObservationConvention() {

				@Override
				public String getName() {
					return "own.client";
				}

			})
			.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				context.getBean(UdsTemplate.class).request("echo", "x", String.class);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(recorder.stopped).containsExactlyInAnyOrder("own.client", "own.server"));
			});
	}

	static class Recorder implements ObservationHandler<Observation.Context> {

		private final Queue<String> stopped = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
