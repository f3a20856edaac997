package io.github.udsboot.handler.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.route.AmbiguousRouteException;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class HandlerRegistryTests {

	private static final String LONGEST = "r".repeat(255);

	private final Handlers handlers = new Handlers();

	private final HandlerRegistry registry = new HandlerRegistry();

	@Test
	void unknownRouteHasNoHandler() {
		register("first", "orders.get");
		UdsRouter router = this.registry.routerFor("default");
		assertThat(router.isEmpty()).isFalse();
		for (String unknown : List.of("", "orders", "orders.get.", ".orders.get", "orders.get.x", "Orders.get")) {
			assertThat(router.find(unknown)).as(unknown).isNull();
		}
	}

	@Test
	void plainRouteIsFound() {
		register("first", "orders.get");
		register("second", "orders.put");
		assertFound("orders.put", "second", Map.of());
	}

	@Test
	void variableIsExactlyOneSegmentThatIsNotEmpty() {
		register("first", "orders.{id}.get");
		assertFound("orders.7.get", "first", Map.of("id", "7"));
		assertFound("orders.{id}.get", "first", Map.of("id", "{id}"));
		UdsRouter router = this.registry.routerFor("default");
		for (String unknown : List.of("orders..get", "orders.get", "orders.7.8.get", "orders.7.put", "orders.7.get.")) {
			assertThat(router.find(unknown)).as(unknown).isNull();
		}
	}

	@Test
	void allVariablesAreFilledInOrder() {
		register("first", "{a}.b.{c}");
		assertFound("1.b.3", "first", Map.of("a", "1", "c", "3"));
		UdsRouter.Match match = this.registry.routerFor("default").find("1.b.3");
		assertThat(match.variables().keySet()).containsExactly("a", "c");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> match.variables().put("d", "4"));
	}

	@ParameterizedTest
	@CsvSource({ "a.b.c, a.b.c", "a.b.x, a.b.{z}", "a.x.c, a.{y}.c", "a.x.y, a.{y}.{z}", "x.b.c, {x}.b.c",
			"x.b.y, {x}.b.{z}", "x.y.z, {x}.{y}.{z}" })
	void literalGoesBeforeVariableFromLeftToRight(String called, String route) {
		List<String> routes = List.of("{x}.{y}.{z}", "a.{y}.{z}", "{x}.b.{z}", "a.b.c", "a.{y}.c", "a.b.{z}",
				"{x}.b.c");
		routes.forEach((each) -> register("first", each));
		assertThat(this.registry.routerFor("default").find(called).handler().route()).isEqualTo(route);
	}

	@ParameterizedTest
	@CsvSource({ "orders.get, orders.get", "orders.{id}, orders.{name}", "{a}.{b}, {b}.{a}" })
	void sameRouteTwiceFailsAndNamesBothMethodsAndRoutes(String first, String second) {
		register("first", first);
		assertThatExceptionOfType(AmbiguousRouteException.class).isThrownBy(() -> register("second", second))
			.withMessageContaining("listener 'default'")
			.withMessageContaining(Handlers.class.getName() + ".first()")
			.withMessageContaining("'" + first + "'")
			.withMessageContaining(Handlers.class.getName() + ".second(String)")
			.withMessageContaining("'" + second + "'")
			.withMessageContaining("Change one")
			.satisfies((ex) -> {
				assertThat(ex.getListener()).isEqualTo("default");
				assertThat(ex.getFirst().route()).isEqualTo(first);
				assertThat(ex.getSecond().route()).isEqualTo(second);
			});
	}

	@Test
	void sameRouteOnDifferentListenersIsFine() {
		register("first", "ping", "admin");
		register("second", "ping", "public", "default");
		assertThat(this.registry.listenerNames()).containsExactlyInAnyOrder("admin", "public", "default");
		assertThat(handlerOf("admin", "ping")).hasToString(Handlers.class.getName() + ".first()");
		assertThat(handlerOf("public", "ping")).hasToString(Handlers.class.getName() + ".second(String)");
		assertThat(handlerOf("default", "ping")).isSameAs(handlerOf("public", "ping"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			.                   | empty segment
			orders.             | empty segment
			.orders             | empty segment
			orders..get         | empty segment
			orders.{id          | neither a literal nor a variable
			orders.id}          | neither a literal nor a variable
			orders.{}           | neither a literal nor a variable
			orders.{i d}        | neither a literal nor a variable
			orders.x{id}        | neither a literal nor a variable
			orders.{id}x        | neither a literal nor a variable
			orders.{{id}}       | neither a literal nor a variable
			orders.{id:[0-9]+}  | neither a literal nor a variable
			orders.{id}.{id}    | twice
			orders.*            | wildcards are not supported
			orders.${name}      | no value
			""")
	void invalidRouteFailsAndNamesTheMethodAndTheProblem(String route, String problem) {
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> register("first", route))
			.withMessageContaining("'" + route + "'")
			.withMessageContaining(Handlers.class.getName() + ".first()")
			.withMessageContaining(problem);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\u0000", "\u0085" })
	void controlCharactersAreInvalid(String route) {
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> register("first", route))
			.withMessageContaining("control character");
	}

	@Test
	void lengthIsCountedInBytes() {
		assertThatNoException().isThrownBy(() -> register("first", LONGEST));
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> register("first", LONGEST + "r"))
			.withMessageContaining("255 bytes");
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> register("first", "ü".repeat(128)))
			.withMessageContaining("255 bytes");
	}

	@Test
	void handlerWithoutRouteIsTheDefaultHandlerAndNeverFoundByRoute() {
		register("first", "");
		UdsRouter router = this.registry.routerFor("default");
		assertThat(router.isEmpty()).isFalse();
		assertThat(router.find("")).isNull();
		assertThat(router.defaultHandler()).hasToString(Handlers.class.getName() + ".first()");
		assertThat(router.defaultHandler().isDefaultHandler()).isTrue();
	}

	@Test
	void twoDefaultHandlersAreAmbiguous() {
		register("first", "");
		assertThatExceptionOfType(AmbiguousRouteException.class).isThrownBy(() -> register("second", ""))
			.withMessageContaining("first() (no route)")
			.withMessageContaining("second(String) (no route)");
	}

	@Test
	void listenerWithoutHandlersHasAnEmptyRouter() {
		assertThat(this.registry.listenerNames()).isEmpty();
		UdsRouter router = this.registry.routerFor("other");
		assertThat(router.isEmpty()).isTrue();
		assertThat(router.find("x")).isNull();
		assertThat(router.defaultHandler()).isNull();
		assertThat(this.registry.listenerNames()).isEmpty();
	}

	@Test
	void routesAreFixedOnceTheRouterIsInUse() {
		register("first", "a");
		UdsRouter router = this.registry.routerFor("default");
		assertThat(this.registry.routerFor("default")).isSameAs(router);
		assertThatIllegalStateException().isThrownBy(() -> register("second", "b"))
			.withMessageContaining("Too late")
			.withMessageContaining("second(String)")
			.withMessageContaining("'default'");
	}

	@Test
	void endpointNeedsAListener() {
		UdsHandlerEndpoint endpoint = HandlerTester.endpoint(this.handlers, "first", "a");
		assertThatIllegalArgumentException().isThrownBy(() -> new UdsHandlerEndpoint(Set.of(), "a", endpoint.bean(),
				endpoint.beanType(), endpoint.method(), endpoint.execution()));
	}

	@Test
	void oneHandlerServesManyThreads() throws Exception {
		HandlerTester tester = new HandlerTester(this.handlers);
		UdsRequestHandler handler = tester.handler("second");
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Integer>> work = new ArrayList<>();
			IntStream.range(0, 8).forEach((thread) -> work.add(() -> {
				int right = 0;
				for (int i = 0; i < 5000; i++) {
					String text = thread + ":" + i;
					List<UdsReply> replies = new ArrayList<>(1);
					handler.handle(tester.request(text.getBytes()), Map.of(), replies::add);
					right += (replies.size() == 1 && HandlerTester.text(replies.get(0)).equals(text)) ? 1 : 0;
				}
				return right;
			}));
			for (Future<Integer> result : threads.invokeAll(work)) {
				assertThat(result.get()).isEqualTo(5000);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void register(String method, String route, String... listeners) {
		this.registry.register(HandlerTester.endpoint(this.handlers, method, route, listeners));
	}

	private UdsRequestHandler handlerOf(String listener, String route) {
		return this.registry.routerFor(listener).find(route).handler();
	}

	private void assertFound(String called, String method, Map<String, String> variables) {
		UdsRouter.Match match = this.registry.routerFor("default").find(called);
		assertThat(match).isNotNull();
		assertThat(match.handler().toString()).contains("." + method + "(");
		assertThat(match.variables()).isEqualTo(variables);
	}

	static class Handlers {

		String first() {
			return "";
		}

		String second(String text) {
			return text;
		}

	}

}
