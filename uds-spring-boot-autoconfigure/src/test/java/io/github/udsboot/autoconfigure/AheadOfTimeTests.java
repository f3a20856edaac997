package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners and clients in an application whose beans were defined when it was built.
 */
class AheadOfTimeTests {

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

	/** Generates, compiles and runs the initializer of a context. */
	private void run(TestPropertyValues properties, BiConsumer<RuntimeHints, ConfigurableApplicationContext> consumer) {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigApplicationContext built = new AnnotationConfigApplicationContext()) {
			properties.applyTo(built);
			built.register(Application.class);
			new ApplicationContextAotGenerator().processAheadOfTime(built, generation);
		}
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

	static class Handlers {

		@UdsHandler("who")
		String single() {
			return "default";
		}

		@UdsHandler(value = "who", listener = "order-events")
		String orders() {
			return "orders";
		}

	}

	record Caller(UdsTemplate template, UdsTemplate orders) {

	}

}
