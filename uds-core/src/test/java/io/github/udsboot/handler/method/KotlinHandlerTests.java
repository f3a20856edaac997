package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import kotlin.coroutines.Continuation;
import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import reactor.core.publisher.Mono;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.service.UdsServiceProxyFactory;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Handlers that Kotlin's compiler made, called over a socket.
 */
@Timeout(60)
class KotlinHandlerTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final Set<String> INVALID = Set.of("unresolved", "two");

	@TempDir
	private Path directory;

	private final KotlinHandlers handlers = new KotlinHandlers();

	private UdsListenerContainer container;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		start(this.handlers);
	}

	private void start(KotlinHandlers bean) {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setResultPostProcessors(List.of((result) -> (result instanceof Mono<?> mono)
				? mono.contextWrite((context) -> context.put("who", "the caller")) : result));
		HandlerRegistry registry = new HandlerRegistry(factory);
		for (Method method : KotlinHandlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic() && !INVALID.contains(method.getName()) && !method.getName().startsWith("get")
					&& !method.getName().equals("failed")) {
				registry.register(new UdsHandlerEndpoint(Set.of("kotlin"), method.getName(), () -> bean,
						KotlinHandlers.class, method, Execution.AUTO));
			}
		}
		this.container = new UdsListenerContainer(
				new UdsListenerOptions("kotlin", UdsAddress.of(this.directory.resolve("kotlin"))),
				registry.routerFor("kotlin"), CallRecorder.NONE, null);
		this.container.start();
		this.uds = UdsTemplate.builder().path(this.directory.resolve("kotlin").toString()).build();
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.container.stop();
	}

	@Test
	void functionThatDoesNotSuspendIsAMethodLikeOthers() {
		assertThat(this.uds.request("plain", "a", String.class)).isEqualTo("a!");
	}

	@Test
	void suspendingFunctionHasTheContextThatAPostProcessorGivesIt() {
		assertThat(this.uds.request("contextual", null, String.class)).isEqualTo("the caller");
	}

	@Test
	void suspendingFunctionAnswersWhenItReturns() {
		assertThat(greet()).isEqualTo("Hello, Ada of acme, from " + System.getProperty("user.name"));
	}

	private String greet() {
		return this.uds.route("greet").header("tenant", "acme").payload("Ada").retrieve(String.class);
	}

	@Test
	void suspendingFunctionOfAProxiedBeanIsCalledWithItsAdvice() {
		stop();
		CountDownLatch advised = new CountDownLatch(1);
		ProxyFactory factory = new ProxyFactory(this.handlers);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			advised.countDown();
			return invocation.proceed();
		});
		start((KotlinHandlers) factory.getProxy());
		assertThat(greet()).startsWith("Hello, Ada");
		assertThat(advised.getCount()).isZero();
	}

	@Test
	void unitAndNullAreAnEmptyAnswer() {
		for (String route : List.of("nothing", "nullable", "deferredNothing")) {
			assertThat(this.uds.request(route, "a", byte[].class)).as(route).isEmpty();
		}
	}

	@Test
	void functionThatReturnsUnitHasNothingToAnswer() {
		HandlerTester tester = new HandlerTester(this.handlers);
		for (String method : List.of("nothing", "deferredNothing")) {
			assertThat(tester.call(method, "a").silent()).as(method).isTrue();
		}
	}

	@Test
	void deferredIsAnsweredWhenItIsComplete() {
		assertThat(this.uds.request("deferred", "much", String.class)).isEqualTo("much later");
	}

	@Test
	void failureOfASuspendingFunctionGoesToTheExceptionHandlerMethodWhichMaySuspend() {
		assertThat(this.uds.request("fails", "x", String.class)).isEqualTo("handled: failed late: x");
	}

	@Test
	void suspendingFunctionIsCancelledWithItsCall() {
		CompletableFuture<String> future = this.uds.requestAsync("endless", null, String.class);
		awaitOpened(this.handlers.getBegan());
		future.cancel(true);
		awaitOpened(this.handlers.getStopped());
		awaitNothingInFlight();
	}

	@Test
	void suspendingFunctionIsCancelledAtItsDeadline() {
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> this.uds.route("endless").timeout(Duration.ofMillis(300)).retrieve(String.class));
		awaitOpened(this.handlers.getStopped());
		awaitNothingInFlight();
	}

	@Test
	void flowIsAStreamOfItems() {
		for (String route : List.of("count", "countLater")) {
			try (Stream<Integer> numbers = this.uds.stream(route, 100, Integer.class)) {
				assertThat(numbers.mapToInt(Integer::intValue).sum()).as(route).isEqualTo(5050);
			}
		}
	}

	@Test
	void flowIsCancelledWhenItsStreamIsClosed() {
		try (Stream<Integer> numbers = this.uds.stream("endlessFlow", null, Integer.class)) {
			assertThat(numbers.findFirst()).contains(1);
			awaitOpened(this.handlers.getBegan());
		}
		awaitOpened(this.handlers.getStopped());
		awaitNothingInFlight();
	}

	@Test
	void flowTakesTheItemsOfTheCaller() {
		assertThat(this.uds.route("sum").payloads(List.of(1, 2, 3)).retrieve(Integer.class)).isEqualTo(6);
		try (Stream<Integer> numbers = this.uds.route("twice").payloads(List.of(1, 2, 3)).stream(Integer.class)) {
			assertThat(numbers).containsExactly(2, 4, 6);
		}
	}

	@Test
	void typedClientGivesDeferredAndFlowAndTakesAFlow() {
		KotlinClient client = UdsServiceProxyFactory.builder(this.uds).build().createClient(KotlinClient.class);
		assertThat(KotlinHandlersKt.callAll(client)).containsExactly("much later", List.of(1, 2, 3), 6);
	}

	@Test
	void parametersOfASuspendingFunctionAreChecked() {
		HandlerTester tester = new HandlerTester(this.handlers);
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> tester.handler("two"))
			.withMessageContaining("parameter 0 ('a') and parameter 1 ('b') are both the payload");
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> tester.handler("unresolved"))
			.withMessageContaining("says who calls");
	}

	@Test
	void methodInJavaThatTakesAContinuationFailsAtOnce() {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> new HandlerTester(new InJava()).handler("greet"))
			.withMessageContaining("parameter 1 ('continuation')");
	}

	@Test
	void withoutItsLibrariesASuspendingFunctionFailsAtOnceAndTheyAreNamed() {
		UdsHandlerEndpoint endpoint = HandlerTester.endpoint(this.handlers, "greet", "greet");
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(
					() -> SuspendingFunctions.check(endpoint, new FilteredClassLoader("kotlinx.coroutines.reactor")))
			.withMessageContaining("KotlinHandlers.greet(")
			.withMessageContaining("kotlin-reflect")
			.withMessageContaining("kotlinx-coroutines-reactor");
	}

	private void awaitNothingInFlight() {
		Awaitility.await().atMost(BOUND).until(() -> this.container.stats().requestsInFlight() == 0);
	}

	private static void awaitOpened(CountDownLatch latch) {
		Awaitility.await().atMost(BOUND).until(() -> latch.getCount() == 0);
	}

	static class InJava {

		Object greet(PrincipalName name, Continuation<String> continuation) {
			return name;
		}

	}

	record PrincipalName(String value) {

	}

}
