package io.github.udsboot.interleaving;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tries every order of the steps of a few threads, with at most so many changes from one
 * thread to another that could have gone on. Most errors of this kind need two of them.
 */
public final class Interleavings {

	private static final int MAX_EXECUTIONS = 400_000;

	private Interleavings() {
	}

	/**
	 * Try all orders.
	 * @param scenario what the threads do; is loaded anew, as are the classes below
	 * @param preemptions how many changes of threads there may be that nothing calls for
	 * @param instrumented the classes whose steps count beside those of the scenario
	 * @return how many orders there are
	 */
	public static int explore(Class<? extends Interleaving> scenario, int preemptions, Class<?>... instrumented) {
		Set<String> names = Stream.concat(Stream.of(scenario), Stream.of(instrumented))
			.map((type) -> type.getName().replaceFirst("\\$.*", ""))
			.collect(Collectors.toSet());
		InstrumentingLoader loader = new InstrumentingLoader(scenario.getClassLoader(), names);
		ExecutorService threads = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "interleaving");
			thread.setDaemon(true);
			return thread;
		});
		Choices choices = new Choices();
		int count = 0;
		try {
			Constructor<?> constructor = loader.loadClass(scenario.getName()).getDeclaredConstructor();
			constructor.setAccessible(true);
			do {
				count++;
				if (count > MAX_EXECUTIONS) {
					throw new IllegalStateException("There are more than " + MAX_EXECUTIONS + " orders of " + scenario);
				}
				Interleaving interleaving = (Interleaving) constructor.newInstance();
				new Execution(interleaving.actors(), choices, preemptions).run(threads);
				interleaving.check();
			}
			while (choices.advance());
			return count;
		}
		catch (InvocationTargetException ex) {
			throw new AssertionError(scenario.getSimpleName() + " cannot be made", ex.getCause());
		}
		catch (Throwable ex) {
			throw new AssertionError(
					scenario.getSimpleName() + " goes wrong in order " + count + ", by the choices " + choices, ex);
		}
		finally {
			threads.shutdownNow();
		}
	}

}
