package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.UdsDeadline;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsTemplateBuilderCustomizer;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsServerInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beans around calls: interceptors, and what carries context into futures.
 */
class InterceptorBeansTests {

	private static final ThreadLocal<String> CONTEXT = new ThreadLocal<>();

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		Path socket = this.directory.resolve("test.sock");
		Path named = this.directory.resolve("named.sock");
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.socket.path=" + socket, "uds.listeners.named.path=" + named,
					"uds.clients.named.path=" + named);
	}

	@Test
	void whenThereAreInterceptorsThenTheyStandInOrderAroundEveryClientAndListener() {
		this.contextRunner.withUserConfiguration(Interceptors.class).run((context) -> {
			Interceptors interceptors = context.getBean(Interceptors.class);
			assertThat(context.getBean(UdsTemplate.class).request("tenant", null, String.class)).isEqualTo("acme 7");
			assertThat(interceptors.events).containsExactly("client default first", "client default second",
					"server default first", "server default second");
			interceptors.events.clear();
			assertThat(context.getBean("namedUdsTemplate", UdsTemplate.class).request("tenant", null, String.class))
				.isEqualTo("acme 7");
			assertThat(interceptors.events).containsExactly("client named first", "client named second",
					"server named first", "server named second");
		});
	}

	@Test
	void whenThereIsATemplateBuilderCustomizerThenItHasTheLastWordOnInterceptors() {
		this.contextRunner.withUserConfiguration(Interceptors.class)
			.withBean(UdsTemplateBuilderCustomizer.class, () -> (name, builder) -> builder.interceptors(List::clear))
			.run((context) -> {
				context.getBean(UdsTemplate.class).request("quiet", null, String.class);
				assertThat(context.getBean(Interceptors.class).events).containsExactly("server default first",
						"server default second");
			});
	}

	@Test
	void whenBootPropagatesContextThenTheStagesOfFuturesHaveThatOfTheCaller() {
		withContext(() -> this.contextRunner.withPropertyValues("spring.task.execution.propagate-context=true")
			.run((context) -> {
				assertThat(contextOfStage(context.getBean(UdsTemplate.class), context.getBean(Handlers.class)))
					.isEqualTo("caller");
				assertThat(contextOfStage(context.getBean("namedUdsTemplate", UdsTemplate.class),
						context.getBean(Handlers.class)))
					.isEqualTo("caller");
			}));
	}

	@Test
	void whenBootDoesNotPropagateContextThenStagesHaveNone() {
		withContext(() -> this.contextRunner.run((context) -> assertThat(
				contextOfStage(context.getBean(UdsTemplate.class), context.getBean(Handlers.class)))
			.isEqualTo("null")));
	}

	@Test
	void whenThereAreTaskDecoratorsThenAllDecorateTheCompletionOfFutures() {
		Queue<String> events = new ConcurrentLinkedQueue<>();
		this.contextRunner.withBean("one", TaskDecorator.class, () -> decorator("one", events))
			.withBean("two", TaskDecorator.class, () -> decorator("two", events))
			.run((context) -> {
				contextOfStage(context.getBean(UdsTemplate.class), context.getBean(Handlers.class));
				assertThat(events).containsExactlyInAnyOrder("one", "two");
			});
	}

	@Test
	void theDeadlineOfARequestGoesWhereTheContextGoes() throws Exception {
		UdsDeadline deadline = UdsDeadline.after(Duration.ofMinutes(1));
		UdsDeadline.setCurrent(deadline);
		Callable<UdsDeadline> task;
		try {
			task = ContextSnapshotFactory.builder().build().captureAll().wrap(UdsDeadline::current);
		}
		finally {
			UdsDeadline.setCurrent(null);
		}
		assertThat(CompletableFuture.supplyAsync(() -> {
			try {
				return List.of(task.call() == deadline, UdsDeadline.current() == null);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}).get(20, TimeUnit.SECONDS)).containsExactly(true, true);
	}

	private static TaskDecorator decorator(String name, Queue<String> events) {
		return (task) -> () -> {
			events.add(name);
			task.run();
		};
	}

	private static void withContext(Runnable test) {
		ContextRegistry.getInstance().registerThreadLocalAccessor("uds.test", CONTEXT);
		CONTEXT.set("caller");
		try {
			test.run();
		}
		finally {
			CONTEXT.remove();
			ContextRegistry.getInstance().removeThreadLocalAccessor("uds.test");
		}
	}

	/**
	 * The handler answers when the stage is there, so that it runs where the future
	 * completes.
	 */
	private static String contextOfStage(UdsTemplate template, Handlers handlers) throws Exception {
		CompletableFuture<String> stage = template.requestAsync("held", null, String.class)
			.thenApply((answer) -> "" + CONTEXT.get());
		handlers.stages.release();
		return stage.get(20, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		final Semaphore stages = new Semaphore(0);

		@UdsHandler(value = "tenant", listener = { "default", "named" })
		String tenant(@Header("tenant") String tenant, @Header("user") Integer user) {
			return tenant + " " + user;
		}

		@UdsHandler("quiet")
		void quiet() {
		}

		@UdsHandler(value = "held", listener = { "default", "named" })
		String held() throws InterruptedException {
			this.stages.acquire();
			return "x";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Interceptors {

		final Queue<String> events = new ConcurrentLinkedQueue<>();

		@Bean
		@Order(2)
		UdsServerInterceptor secondServer() {
			return (request, chain) -> {
				this.events.add("server " + request.listener() + " second");
				return chain.proceed(request);
			};
		}

		@Bean
		@Order(1)
		UdsServerInterceptor firstServer() {
			return (request, chain) -> {
				this.events.add("server " + request.listener() + " first");
				return chain.proceed(request.withAttribute("user", 7));
			};
		}

		@Bean
		@Order(2)
		UdsClientInterceptor secondClient() {
			return (request, chain) -> {
				this.events.add("client " + request.client() + " second");
				return chain.proceed(request);
			};
		}

		@Bean
		@Order(1)
		UdsClientInterceptor firstClient() {
			return (request, chain) -> {
				this.events.add("client " + request.client() + " first");
				return chain.proceed(request.withHeader("tenant", "acme"));
			};
		}

	}

}
