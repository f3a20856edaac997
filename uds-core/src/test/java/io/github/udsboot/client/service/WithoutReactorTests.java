package io.github.udsboot.client.service;

import java.io.File;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsOperations.RequestSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes a typed client where neither Reactor nor Reactive Streams exist.
 */
class WithoutReactorTests {

	@Test
	void withoutReactorValuesAndFuturesAreReturned() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutReactor(),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> probe = loader.loadClass(Probe.class.getName());
			assertThat(probe.getMethod("run").invoke(null)).isEqualTo(List.of("value", "future"));
		}
	}

	private static URL[] classPathWithoutReactor() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("reactor") && !entry.contains("reactive-streams"))
			.map(WithoutReactorTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public interface Calls {

		@UdsExchange("value")
		String value(List<String> payload);

		@UdsExchange("future")
		CompletableFuture<String> future();

	}

	public static final class Probe {

		private Probe() {
		}

		public static List<String> run() {
			if (ClassUtils.isPresent("org.reactivestreams.Publisher", Probe.class.getClassLoader())) {
				throw new IllegalStateException("Reactor is present");
			}
			List<String> routes = new ArrayList<>();
			RequestSpec request = proxy(RequestSpec.class,
					(self, method, args) -> (method.getReturnType() == RequestSpec.class) ? self : null);
			UdsOperations operations = proxy(UdsOperations.class, (self, method, args) -> {
				routes.add((String) args[0]);
				return request;
			});
			Calls calls = UdsServiceProxyFactory.builder(operations).build().createClient(Calls.class);
			calls.value(List.of());
			calls.future();
			return routes;
		}

		private static <T> T proxy(Class<T> type, InvocationHandler handler) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
		}

	}

}
