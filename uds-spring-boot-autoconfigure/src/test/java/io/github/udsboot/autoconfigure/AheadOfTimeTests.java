package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.annotation.JsonView;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.validation.annotation.Validated;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsConnectionDetails;
import io.github.udsboot.autoconfigure.health.UdsHealthContributorAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.autoconfigure.metrics.UdsMetricsAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.service.UdsServiceProxy;
import io.github.udsboot.config.ImportUdsExchanges;
import io.github.udsboot.listener.UdsListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Listeners and clients in an application whose beans were defined when it was built.
 */
class AheadOfTimeTests {

	private static final TestPropertyValues NOTHING = TestPropertyValues.empty();

	@TempDir
	private Path directory;

	@Test
	@CompileWithForkedClassLoader
	void whenBeansAreDefinedAheadOfTimeThenNamedListenersAndClientsWork() {
		Path single = this.directory.resolve("default.sock");
		Path named = this.directory.resolve("orders.sock");
		TestPropertyValues properties = TestPropertyValues.of("uds.socket.path=" + single,
				"uds.listeners.order-events.path=" + named, "uds.clients.order-events.path=" + named);
		run(properties, (hints, context) -> {
			assertThat(context.getBean(Caller.class).template.request("who", null, String.class)).isEqualTo("default");
			assertThat(context.getBean(Caller.class).orders.request("who", null, String.class)).isEqualTo("orders");
			assertThat(context.getBean("order-eventsUdsListenerContainer", UdsListenerContainer.class).isRunning())
				.isTrue();
			assertThat(
					RuntimeHintsPredicates.reflection().onMethodInvocation(UdsProperties.Listener.class, "setBacklog"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(UdsClientProperties.class, "setTimeout"))
				.accepts(hints);
		});
		assertThat(named).doesNotExist();
	}

	@Test
	@CompileWithForkedClassLoader
	void whenBeansAreDefinedAheadOfTimeThenTypedClientsAndTheirServersWork() {
		Path socket = this.directory.resolve("typed.sock");
		TestPropertyValues properties = TestPropertyValues.of("uds.socket.path=" + socket,
				"uds.clients.typed.path=" + socket, "typed.client=typed");
		run(TypedApplication.class, properties, (hints, context) -> {
			TypedCaller caller = context.getBean(TypedCaller.class);
			assertThat(caller.typed).isInstanceOf(UdsServiceProxy.class);
			assertThat(caller.typed.get(new Key(7))).isEqualTo(List.of(new Value("seven")));
			assertThat(caller.typed.first(7)).isEqualTo(new Value("seven"));
			assertThat(caller.named.get(new Key(7))).isEqualTo(List.of(new Value("seven")));
			assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Typed.class, UdsServiceProxy.class))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onType(Typed.class)).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Typed.class, "get")).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Typed.class, "first")).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(TypedService.class, "get"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Key.class, "value")).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Value.class, "text")).accepts(hints);
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenThePathsAreKnownAtRunTimeOnlyThenListenersAndClientsAreThere() {
		Path single = this.directory.resolve("default.sock");
		Path named = this.directory.resolve("orders.sock");
		run(Application.class, NOTHING, TestPropertyValues.of("uds.socket.path=" + single,
				"uds.listeners.order-events.path=" + named, "uds.clients.order-events.path=" + named),
				(hints, context) -> {
					Caller caller = context.getBean(Caller.class);
					assertThat(caller.template.request("who", null, String.class)).isEqualTo("default");
					assertThat(caller.orders.request("who", null, String.class)).isEqualTo("orders");
					for (String factory : List.of("udsListenerContainers", "udsClientTemplates")) {
						assertThat(RuntimeHintsPredicates.reflection()
							.onMethodInvocation(context.getBean(factory).getClass(), "named")).accepts(hints);
					}
				});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenThePathsAreKnownAtRunTimeOnlyThenTypedClientsWork() {
		Path socket = this.directory.resolve("typed.sock");
		run(TypedApplication.class, NOTHING, TestPropertyValues.of("uds.socket.path=" + socket,
				"uds.clients.typed.path=" + socket, "typed.client=typed"), (hints, context) -> {
					TypedCaller caller = context.getBean(TypedCaller.class);
					assertThat(caller.typed.get(new Key(7))).isEqualTo(List.of(new Value("seven")));
					assertThat(caller.named.get(new Key(7))).isEqualTo(List.of(new Value("seven")));
					assertThat(context.getBean(Other.class).get(new Key(8))).isEqualTo(List.of(new Value("another")));
				});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenThePathsWereKnownAtBuildTimeOnlyThenThereIsNeitherListenerNorClient() {
		Path socket = this.directory.resolve("a.sock");
		run(Optional.class, TestPropertyValues.of("uds.socket.path=" + socket,
				"uds.listeners.order-events.path=" + socket + "2", "uds.clients.order-events.path=" + socket + "2"),
				NOTHING, (hints, context) -> {
					assertThat(context.getBeanNamesForType(UdsListenerContainer.class)).isEmpty();
					assertThat(context.getBeanNamesForType(UdsTemplate.class)).isEmpty();
					assertThat(context.getBeanNamesForType(UdsConnectionDetails.class)).isEmpty();
				});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenListenersAreDisabledAtRunTimeThenThereAreNone() {
		TestPropertyValues built = builtWithSockets();
		run(Optional.class, built, built.and("uds.listener.enabled=false", "uds.listeners.order-events.enabled=false"),
				(hints, context) -> {
					assertThat(context.getBeanNamesForType(UdsListenerContainer.class)).isEmpty();
					assertThat(context.getBeanNamesForType(UdsTemplate.class)).hasSize(1);
				});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenAllIsDisabledAtRunTimeThenThereIsNothing() {
		TestPropertyValues built = builtWithSockets();
		run(Optional.class, built, built.and("uds.enabled=false"), (hints, context) -> {
			assertThat(context.getBeanNamesForType(UdsListenerContainer.class)).isEmpty();
			assertThat(context.getBeanNamesForType(UdsTemplate.class)).isEmpty();
		});
	}

	@Test
	void whenBeansAreDefinedAheadOfTimeThenHandlersAndTheirPayloadsHaveHints() {
		TestGenerationContext generation = new TestGenerationContext();
		generate(Application.class, NOTHING, generation);
		RuntimeHints hints = generation.getRuntimeHints();
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Handlers.class, "single")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Handlers.class, "convert")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Handlers.class, "failed")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Question.class, "text")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Answer.class, "text")).accepts(hints);
	}

	@Test
	void whenAPayloadIsValidatedOrRestrictedThenItHasHintsAndWhatIsFromElsewhereHasNone() {
		TestGenerationContext generation = new TestGenerationContext();
		generate(AnnotatedPayloads.class, NOTHING, generation);
		RuntimeHints hints = generation.getRuntimeHints();
		for (Class<?> payload : List.of(Checked.class, Grouped.class, Constrained.class, Absent.class, Viewed.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(payload, "text")).accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Tenant.class, "text")).rejects(hints);
	}

	@Test
	@CompileWithForkedClassLoader
	void whenAnotherBeanIsPrimaryThenItIsInjectedBeforeTheTypedClient() {
		run(PrimaryApplication.class, NOTHING,
				TestPropertyValues.of("uds.socket.path=" + this.directory.resolve("a.sock")),
				(hints, context) -> assertThat(context.getBean(Other.class)).isInstanceOfSatisfying(Caching.class,
						(caching) -> assertThat(caching.remote()).isInstanceOf(UdsServiceProxy.class)));
	}

	private TestPropertyValues builtWithSockets() {
		return TestPropertyValues.of("uds.socket.path=" + this.directory.resolve("a.sock"),
				"uds.listeners.order-events.path=" + this.directory.resolve("b.sock"));
	}

	@Test
	@CompileWithForkedClassLoader
	void whenAnotherBeanSaysWhereToConnectToThenTheClientIsThereWithoutAProperty() {
		run(OwnConnectionDetails.class, NOTHING, NOTHING,
				(hints, context) -> assertThat(
						context.getBean(UdsTemplate.class).getConnectionFactory().stats().address())
					.isEqualTo("/run/own.sock"));
	}

	@Test
	@CompileWithForkedClassLoader
	void whenTheApplicationHasATemplateOfTheSameNameThenItIsLeftAlone() {
		run(OwnTemplate.class, NOTHING, NOTHING,
				(hints, context) -> assertThat(
						context.getBean("udsTemplate", UdsTemplate.class).getConnectionFactory().stats().address())
					.isEqualTo("/run/own.sock"));
	}

	@Test
	@CompileWithForkedClassLoader
	void whenATypedClientHasNoPathAtRunTimeThenTheFailureNamesIt() {
		assertThatException().isThrownBy(() -> run(TypedApplication.class, NOTHING, NOTHING, (hints, context) -> {
		})).havingRootCause().withMessageContaining("The typed client " + Typed.class.getName());
	}

	private void run(TestPropertyValues properties, BiConsumer<RuntimeHints, ConfigurableApplicationContext> consumer) {
		run(Application.class, properties, properties, consumer);
	}

	private void run(Class<?> application, TestPropertyValues properties,
			BiConsumer<RuntimeHints, ConfigurableApplicationContext> consumer) {
		run(application, properties, properties, consumer);
	}

	/** As if in the process that builds an application. */
	private static void generate(Class<?> application, TestPropertyValues properties,
			TestGenerationContext generation) {
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try (AnnotationConfigApplicationContext built = new AnnotationConfigApplicationContext()) {
			properties.applyTo(built);
			built.register(application);
			new ApplicationContextAotGenerator().processAheadOfTime(built, generation);
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		}
	}

	/** Generates, compiles and runs the initializer of a context. */
	private void run(Class<?> application, TestPropertyValues atBuildTime, TestPropertyValues properties,
			BiConsumer<RuntimeHints, ConfigurableApplicationContext> consumer) {
		TestGenerationContext generation = new TestGenerationContext();
		generate(application, atBuildTime, generation);
		generation.writeGeneratedContent();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				properties.applyTo(context);
				initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
				context.refresh();
				consumer.accept(generation.getRuntimeHints(), context);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> initializer) {
		return (ApplicationContextInitializer<GenericApplicationContext>) initializer;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
	static class Application {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

		@Bean
		Caller caller(UdsTemplate template, @Qualifier("order-events") UdsTemplate orders) {
			return new Caller(template, orders);
		}

	}

	/** Asks for nothing, and lets others look. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class,
			CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
			MetricsAutoConfiguration.class, UdsMetricsAutoConfiguration.class,
			UdsHealthContributorAutoConfiguration.class })
	static class Optional {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
	static class OwnConnectionDetails {

		@Bean
		ConnectionDetails udsConnectionDetails() {
			return new ConnectionDetails();
		}

	}

	static class ConnectionDetails implements UdsConnectionDetails {

		@Override
		public String getPath() {
			return "/run/own.sock";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
	static class OwnTemplate {

		@Bean
		UdsTemplate udsTemplate() {
			return UdsTemplate.builder().path("/run/own.sock").build();
		}

	}

	static class Handlers {

		@UdsHandler("who")
		String single() {
			return "default";
		}

		@UdsHandler("convert")
		List<Answer> convert(Question question) {
			return List.of(new Answer(question.text()));
		}

		@MessageExceptionHandler
		void failed(IllegalStateException ex) {
			throw ex;
		}

		@UdsHandler(value = "who", listener = "order-events")
		String orders() {
			return "orders";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedPayloads {

		@Bean
		AnnotatedPayloadHandlers annotatedPayloadHandlers() {
			return new AnnotatedPayloadHandlers();
		}

	}

	static class AnnotatedPayloadHandlers {

		@UdsHandler("checked")
		void checked(@Valid Checked payload, @Header("tenant") Tenant tenant) {
		}

		@UdsHandler("grouped")
		void grouped(@Validated Grouped payload) {
		}

		@UdsHandler("constrained")
		void constrained(@NotNull Constrained payload) {
		}

		@UdsHandler("absent")
		void absent(@Nullable Absent payload) {
		}

		@UdsHandler("viewed")
		void viewed(@JsonView(Viewed.class) Viewed payload) {
		}

	}

	record Checked(String text) {

	}

	record Grouped(String text) {

	}

	record Constrained(String text) {

	}

	record Absent(String text) {

	}

	record Viewed(String text) {

	}

	record Tenant(String text) {

	}

	record Question(String text) {

	}

	record Answer(String text) {

	}

	record Caller(UdsTemplate template, UdsTemplate orders) {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
	@ImportUdsExchanges(Typed.class)
	@ImportUdsExchanges(types = Typed.class, client = "typed")
	@ImportUdsExchanges(types = Other.class, client = "${typed.client}")
	static class TypedApplication {

		@Bean
		TypedService service() {
			return new TypedService();
		}

		@Bean
		TypedCaller caller(@Qualifier("default") Typed typed, @Qualifier("typed") Typed named) {
			return new TypedCaller(typed, named);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
	@ImportUdsExchanges(Other.class)
	static class PrimaryApplication {

		@Bean
		@Primary
		Caching caching(@Qualifier("default") Other remote) {
			return new Caching(remote);
		}

	}

	record Caching(Other remote) implements Other {

		@Override
		public List<Value> get(Key key) {
			return this.remote.get(key);
		}

	}

	/* Not public, and has a default method. */
	@UdsExchange("typed")
	interface Typed {

		@UdsExchange("get")
		List<Value> get(Key key);

		default Value first(int key) {
			return get(new Key(key)).get(0);
		}

	}

	interface Other {

		@UdsExchange("typed.get")
		List<Value> get(Key key);

	}

	@UdsHandler
	static class TypedService implements Typed {

		@Override
		public List<Value> get(Key key) {
			return List.of(new Value((key.value() == 7) ? "seven" : "another"));
		}

	}

	record Key(int value) {

	}

	record Value(String text) {

	}

	record TypedCaller(Typed typed, Typed named) {

	}

}
