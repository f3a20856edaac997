package io.github.udsboot.autoconfigure.observation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.autoconfigure.metrics.UdsMetricsAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.observation.DefaultUdsServerObservationConvention;
import io.github.udsboot.observation.ObservationServerInterceptor;
import io.github.udsboot.observation.UdsServerObservationContext;
import io.github.udsboot.observation.UdsServerObservationConvention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of calls in a registry of meters, with traces and without, and that
 * {@code docs/observability.md} says so.
 */
class OneTimerPerCallTests {

	private static final Map<String, Long> CALLS = new TreeMap<>(
			Map.of("echo OK", 2L, "fail INTERNAL", 1L, "UNKNOWN UNIMPLEMENTED", 1L, "number INVALID_ARGUMENT", 1L,
					"count OK", 1L, "endless CANCELLED", 1L, "broken INTERNAL", 1L, "sum OK", 1L));

	private static final Set<String> OBSERVED_BY_SERVER = Set.of("echo", "fail", "number", "count", "endless", "broken",
			"sum");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
				UdsClientAutoConfiguration.class, UdsMetricsAutoConfiguration.class,
				UdsObservationAutoConfiguration.class, ObservationAutoConfiguration.class,
				MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void eachCallIsTimedOnceOnEitherSideUnderTheSameNamesWithTracesAndWithout(boolean traces) throws IOException {
		ObservabilityPage page = ObservabilityPage.read();
		run(traces, (context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			call(context.getBean(UdsTemplate.class));
			awaitCalls(registry, "uds.server.requests", CALLS);
			Map<String, Long> calls = new TreeMap<>(CALLS);
			// The client cannot know that no handler has the route
			calls.put("nowhere UNIMPLEMENTED", calls.remove("UNKNOWN UNIMPLEMENTED"));
			awaitCalls(registry, "uds.client.requests", calls);
			assertThat(meters(registry)).isEqualTo(page.meters());
		});
	}

	@Test
	void spansHaveTheKeysThatAreDocumented() throws IOException {
		ObservabilityPage page = ObservabilityPage.read();
		run(true, (context) -> {
			SimpleTracer tracer = context.getBean(SimpleTracer.class);
			call(context.getBean(UdsTemplate.class));
			Awaitility.await().untilAsserted(() -> {
				Map<String, List<SimpleSpan>> spans = tracer.getSpans()
					.stream()
					.collect(Collectors.groupingBy((span) -> side(span)));
				assertThat(spans.get("uds.client")).hasSize(9);
				assertThat(spans.get("uds.server")).hasSize(8);
				assertThat(spans.get("uds.server")).extracting(SimpleSpan::getName)
					.hasSameElementsAs(OBSERVED_BY_SERVER);
			});
			assertThat(tracer.getSpans()).allSatisfy((span) -> assertThat(keys(span)).isSubsetOf(page.keys()));
			assertThat(tracer.getSpans().stream().flatMap((span) -> keys(span).stream())).containsAll(page.keys());
		});
	}

	@Test
	void aConventionOfTheApplicationChangesNoTimerAndItsEventsAreCounted() {
		this.contextRunner.withBean(SimpleTracer.class)
			.withBean(UdsServerObservationConvention.class, () -> new DefaultUdsServerObservationConvention() {

				@Override
				public String getName() {
					return "own.server";
				}

			})
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				context.getBean(UdsTemplate.class).request("signal", null, Void.class);
				awaitCalls(registry, "uds.server.requests", Map.of("signal OK", 1L));
				assertThat(registry.find("own.server").meters()).isEmpty();
				assertThat(registry.find("own.server.active").meters()).isEmpty();
				assertThat(registry.get("own.server.seen").counter().count()).isEqualTo(1);
			});
	}

	@Test
	void aHandlerOfTheApplicationMayMakeMetersOfObservationsAllTheSame() {
		this.contextRunner.withBean(SimpleTracer.class)
			.withUserConfiguration(OwnMeters.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				context.getBean(UdsTemplate.class).request("echo", "x", String.class);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(context.getBean(MeterRegistry.class).get("own.calls").counter().count())
								.isEqualTo(1));
			});
	}

	@Test
	void withoutTheTimersMicrometerTimesObservations() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class, UdsObservationAutoConfiguration.class,
					ObservationAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.observation.enabled=true", "uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				context.getBean(UdsTemplate.class).request("echo", "x", String.class);
				assertThat(context.getBean(MeterRegistry.class).get("uds.client").timer().count()).isEqualTo(1);
			});
	}

	private void run(boolean traces, Consumer<AssertableApplicationContext> consumer) {
		ApplicationContextRunner runner = traces ? this.contextRunner.withBean(SimpleTracer.class) : this.contextRunner;
		runner.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock")).run((context) -> {
			assertThat(context.getBeansOfType(ObservationServerInterceptor.class)).hasSize(traces ? 1 : 0);
			consumer.accept(context);
		});
	}

	/** Calls of every kind and outcome. */
	private static void call(UdsTemplate uds) {
		uds.request("echo", "x", String.class);
		uds.requestAsync("echo", "x", String.class).join();
		assertThatFails(() -> uds.request("fail", null, String.class));
		assertThatFails(() -> uds.request("nowhere", null, String.class));
		assertThatFails(() -> uds.request("number", "x", String.class));
		try (Stream<Integer> items = uds.stream("count", 3, Integer.class)) {
			assertThat(items).hasSize(3);
		}
		try (Stream<Integer> items = uds.stream("endless", null, Integer.class)) {
			assertThat(items.limit(2)).hasSize(2);
		}
		assertThatFails(() -> {
			try (Stream<Integer> items = uds.stream("broken", null, Integer.class)) {
				items.forEach((item) -> {
				});
			}
		});
		assertThat(uds.route("sum").payloads(List.of(1, 2)).retrieve(Integer.class)).isEqualTo(3);
	}

	private static void assertThatFails(Runnable call) {
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(call::run);
	}

	/** Each side records when it is done, perhaps a little later than the other. */
	private static void awaitCalls(MeterRegistry registry, String timer, Map<String, Long> calls) {
		Awaitility.await().untilAsserted(() -> assertThat(calls(registry, timer)).isEqualTo(calls));
	}

	private static Map<String, Long> calls(MeterRegistry registry, String timer) {
		return registry.find(timer)
			.timers()
			.stream()
			.collect(Collectors.toMap((each) -> each.getId().getTag("route") + " " + each.getId().getTag("status"),
					Timer::count, Long::sum, TreeMap::new));
	}

	private static Set<String> meters(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().startsWith("uds."))
			.map((meter) -> ObservabilityPage.meter(meter.getId().getName(), kind(meter),
					meter.getId().getTags().stream().map(Tag::getKey).toList()))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String kind(Meter meter) {
		return meter.getId().getType().name().toLowerCase(Locale.ROOT);
	}

	private static String side(SimpleSpan span) {
		return span.getTags().containsKey("uds.client") ? "uds.client" : "uds.server";
	}

	private static Set<String> keys(SimpleSpan span) {
		return span.getTags()
			.keySet()
			.stream()
			.map((key) -> side(span) + " " + key)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Calls calls(ObservationRegistry registry) {
			return new Calls(registry);
		}

	}

	static class Calls {

		private final ObservationRegistry registry;

		Calls(ObservationRegistry registry) {
			this.registry = registry;
		}

		@UdsHandler("echo")
		String echo(String text) {
			return text;
		}

		@UdsHandler("fail")
		String fail() {
			throw new IllegalStateException("on purpose");
		}

		@UdsHandler("number")
		int number(Integer number) {
			return number;
		}

		@UdsHandler("count")
		Stream<Integer> count(int items) {
			return IntStream.range(0, items).boxed();
		}

		@UdsHandler("endless")
		Stream<Integer> endless() {
			return Stream.iterate(0, (item) -> item + 1);
		}

		@UdsHandler("broken")
		Stream<Integer> broken() {
			return Stream.of(1, 0).map((item) -> 1 / item);
		}

		@UdsHandler("sum")
		int sum(Stream<Integer> items) {
			return items.mapToInt(Integer::intValue).sum();
		}

		@UdsHandler("signal")
		void signal() {
			Observation observation = this.registry.getCurrentObservation();
			assertThat(observation).isNotNull();
			observation.event(Observation.Event.of("seen"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMeters {

		@Bean
		@Order(0)
		MeterObservationHandler<UdsServerObservationContext> ownMeters(MeterRegistry registry) {
			return new OwnMeterHandler(registry);
		}

	}

	static class OwnMeterHandler implements MeterObservationHandler<UdsServerObservationContext> {

		private final MeterRegistry registry;

		OwnMeterHandler(MeterRegistry registry) {
			this.registry = registry;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof UdsServerObservationContext;
		}

		@Override
		public void onStop(UdsServerObservationContext context) {
			this.registry.counter("own.calls").increment();
		}

	}

}
