package io.github.udsboot.diagnostics;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.BDDMockito;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.mock.env.MockEnvironment;

import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.service.InvalidExchangeException;
import io.github.udsboot.config.UnknownClientException;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.route.AmbiguousRouteException;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.handler.route.UnknownListenerException;
import io.github.udsboot.listener.UdsListenerStartException;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

class FailureAnalyzerTests {

	@ParameterizedTest
	@EnumSource
	void whenASocketCannotBeBoundThenProblemAndRemedyAreGiven(Reason reason) {
		BindFailedException cause = new BindFailedException(reason, UdsAddress.of("/run/a.sock"),
				"The socket '/run/a.sock' has a problem", "Do something about it.", null);
		FailureAnalysis analysis = analyze(new UdsListenerStartException("Listener 'default' cannot start", cause));
		assertThat(analysis.getDescription()).isEqualTo("The socket '/run/a.sock' has a problem.");
		assertThat(analysis.getAction()).startsWith("Do something about it. ").contains("'uds.socket.");
		assertThat(analysis.getCause()).isSameAs(cause);
	}

	@Test
	void whenTheSocketOfANamedListenerCannotBeBoundThenItsPropertiesAreNamed() {
		MockEnvironment environment = new MockEnvironment().withProperty("uds.socket.path", "/run/b.sock")
			.withProperty("uds.listeners.order-events.path", "unix:///run/a.sock")
			.withProperty("uds.listeners.off.path", "/run/a.sock")
			.withProperty("uds.listeners.off.enabled", "false")
			.withProperty("uds.listeners.wrong.path", "@");
		UdsAddress address = UdsAddress.of("/run/a.sock");
		assertThat(
				analyze(new BindFailedException(Reason.PERMISSIONS, address, "Problem", "Remedy.", null), environment)
					.getAction())
			.isEqualTo("Remedy. Mode and group of the socket are set by 'uds.listeners.order-events.permissions' and "
					+ "'uds.listeners.order-events.group'.");
		assertThat(analyze(new BindFailedException(Reason.OTHER, address, "Problem", "Remedy.", null), environment)
			.getAction()).isEqualTo("Remedy. The path is set by 'uds.listeners.order-events.path'.");
	}

	@Test
	void whenTheListenerThatCannotBeBoundIsNotConfiguredThenBothFormsAreNamed() {
		assertThat(
				analyze(new BindFailedException(Reason.OTHER, UdsAddress.of("/run/a.sock"), "Problem", "Remedy.", null))
					.getAction())
			.isEqualTo("Remedy. The path is set by 'uds.socket.path', or 'uds.listeners.<name>.path' of a listener "
					+ "with a name.");
	}

	@Test
	void whenAListenerCannotStartForAnotherReasonThenItIsGiven() {
		FailureAnalysis analysis = analyze(new IllegalStateException(new UdsListenerStartException(
				"Listener 'default' cannot start on '/run/a.sock': Virtual threads not supported",
				new UnsupportedOperationException("Virtual threads not supported"))));
		assertThat(analysis.getDescription()).contains("/run/a.sock", "Virtual threads not supported");
		assertThat(analysis.getAction()).contains("uds.listener", "newer");
	}

	@Test
	void whenRoutesAreAmbiguousThenBothHandlersAreNamed() {
		FailureAnalysis analysis = analyze(
				new AmbiguousRouteException("default", handler("Orders.get", "orders.{id}"), handler("Any.any", "")));
		assertThat(analysis.getDescription()).contains("'default'", "Orders.get, route 'orders.{id}'",
				"Any.any, without a route");
		assertThat(analysis.getAction()).contains("Change one of the routes");
	}

	@Test
	void whenARouteIsInvalidThenRouteHandlerAndProblemAreNamed() {
		FailureAnalysis analysis = analyze(
				new InvalidRouteException("a..b", "Orders.get()", "it has an empty segment"));
		assertThat(analysis.getDescription()).contains("'a..b'", "Orders.get()", "it has an empty segment.");
		assertThat(analysis.getAction()).contains("@UdsHandler");
	}

	@Test
	void whenAListenerIsUnknownThenTheKnownOnesAreNamed() {
		FailureAnalysis analysis = analyze(new UnknownListenerException(List.of("admin"), Set.of("public", "default")));
		assertThat(analysis.getDescription()).contains("do not exist: 'admin'",
				"known listeners are: 'default', 'public'");
		assertThat(analysis.getAction()).contains("@UdsHandler(listener");
	}

	@Test
	void whenTheDefaultListenerIsMissingThenThePropertyIsNamed() {
		FailureAnalysis analysis = analyze(new UnknownListenerException(List.of("default"), Set.of("text")));
		assertThat(analysis.getDescription()).contains("do not exist: 'default'", "known listeners are: 'text'");
		assertThat(analysis.getAction()).contains("names no listener", "set 'uds.socket.path'");
	}

	@Test
	void whenATemplateIsMissingForWantOfAPathThenThePropertiesAreNamed() {
		for (Class<?> type : List.of(UdsTemplate.class, UdsOperations.class)) {
			FailureAnalysis analysis = analyze(new NoSuchBeanDefinitionException(type));
			assertThat(analysis.getDescription()).contains("UdsTemplate", "no property says where");
			assertThat(analysis.getAction()).contains("uds.socket.path", "uds.client.path");
		}
	}

	@Test
	void whenATemplateIsMissingSinceAllIsDisabledThenThePropertyIsNamed() {
		FailureAnalysis analysis = analyze(new NoSuchBeanDefinitionException(UdsTemplate.class),
				new MockEnvironment().withProperty("uds.enabled", "false"));
		assertThat(analysis.getDescription()).contains("'uds.enabled'");
	}

	@Test
	void whenATypedClientIsInvalidThenMethodAndProblemAreNamed() throws NoSuchMethodException {
		FailureAnalysis analysis = analyze(new IllegalStateException(new InvalidExchangeException(Runnable.class,
				Runnable.class.getMethod("run"), "it is abstract: annotate it")));
		assertThat(analysis.getDescription())
			.isEqualTo("The typed client java.lang.Runnable.run() is invalid: it is abstract: annotate it.");
		assertThat(analysis.getAction()).contains("@ImportUdsExchanges");
	}

	@Test
	void whenTheClientOfATypedClientIsUnknownThenTheKnownOnesAreNamed() {
		UnknownClientException failure = new UnknownClientException("stock", Runnable.class);
		FailureAnalysis analysis = analyze(failure,
				new MockEnvironment().withProperty("uds.clients.orders.path", "/run/a.sock"));
		assertThat(analysis.getDescription()).contains("java.lang.Runnable", "'stock'",
				"clients with a name are: 'orders'.");
		assertThat(analysis.getAction()).contains("'uds.clients.stock.path'", "@ImportUdsExchanges(client");
		assertThat(analyze(failure).getDescription()).endsWith("are: none.");
	}

	@Test
	void whenABeanIsMissingForAnotherReasonThenBootExplainsIt() {
		assertThat(analyze(new NoSuchBeanDefinitionException(String.class))).isNull();
		assertThat(analyze(new NoSuchBeanDefinitionException(UdsTemplate.class),
				new MockEnvironment().withProperty("uds.client.path", "/run/a.sock")))
			.isNull();
	}

	private static FailureAnalysis analyze(Throwable failure) {
		return analyze(failure, new MockEnvironment());
	}

	/** As Boot does, but with the analyzers of this module only. */
	private static FailureAnalysis analyze(Throwable failure, Environment environment) {
		return SpringFactoriesLoader.forDefaultResourceLocation(FailureAnalyzerTests.class.getClassLoader())
			.load(FailureAnalyzer.class, ArgumentResolver.of(Environment.class, environment),
					(type, name, problem) -> assertThat(name).doesNotStartWith("io.github.udsboot"))
			.stream()
			.filter((analyzer) -> analyzer.getClass().getPackage() == FailureAnalyzerTests.class.getPackage())
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElse(null);
	}

	private static UdsRequestHandler handler(String name, String route) {
		UdsRequestHandler handler = BDDMockito.mock(UdsRequestHandler.class, name);
		BDDMockito.given(handler.route()).willReturn(route);
		BDDMockito.given(handler.isDefaultHandler()).willReturn(route.isEmpty());
		return handler;
	}

}
