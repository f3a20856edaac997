package io.github.udsboot.guard;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.apache.commons.logging.Log;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A logger that fails costs its line and nothing else.
 */
class GuardedLogTests {

	private final List<String> lines = new ArrayList<>();

	static Method[] methods() {
		return Log.class.getMethods();
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whatTheLoggerThrowsStaysHere(Method method) throws Exception {
		for (Throwable failure : List.of(new IllegalStateException(), new OutOfMemoryError(), new StackOverflowError(),
				new NoClassDefFoundError())) {
			Object result = call(method, new GuardedLog(log(failure)));
			assertThat(result).isEqualTo((method.getReturnType() == boolean.class) ? false : null);
		}
	}

	@ParameterizedTest
	@MethodSource("methods")
	void everyLineReachesTheLoggerAsItIs(Method method) throws Exception {
		Object result = call(method, new GuardedLog(log(null)));
		assertThat(result).isEqualTo((method.getReturnType() == boolean.class) ? true : null);
		assertThat(this.lines).containsExactly(line(method, arguments(method)));
	}

	private Log log(Throwable failure) {
		return (Log) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Log.class },
				(proxy, method, arguments) -> {
					if (failure != null) {
						throw failure;
					}
					this.lines.add(line(method, arguments));
					return (method.getReturnType() == boolean.class) ? true : null;
				});
	}

	private static Object call(Method method, Log log) throws IllegalAccessException, InvocationTargetException {
		return method.invoke(log, arguments(method));
	}

	private static Object[] arguments(Method method) {
		Object[] all = { "a line", null };
		return Arrays.copyOf(all, method.getParameterCount());
	}

	private static String line(Method method, Object[] arguments) {
		return method.getName() + Arrays.toString((arguments != null) ? arguments : new Object[0]);
	}

}
