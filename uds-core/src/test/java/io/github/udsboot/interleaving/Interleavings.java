package io.github.udsboot.interleaving;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
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
			Constructor<? extends Interleaving> constructor = loader.loadClass(scenario.getName())
				.asSubclass(Interleaving.class)
				.getDeclaredConstructor();
			constructor.setAccessible(true);
			// the first one initializes classes, which makes its steps others
			run(constructor, new Choices(), 0, threads);
			do {
				count++;
				if (count > MAX_EXECUTIONS) {
					throw new IllegalStateException("There are more than " + MAX_EXECUTIONS + " orders of " + scenario);
				}
				run(constructor, choices, preemptions, threads);
			}
			while (choices.advance());
			return count;
		}
		catch (Throwable ex) {
			throw new AssertionError(
					scenario.getSimpleName() + " goes wrong in order " + count + ", by the choices " + choices, ex);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void run(Constructor<? extends Interleaving> constructor, Choices choices, int preemptions,
			Executor threads) throws Throwable {
		Execution execution = new Execution(choices);
		Interleaving[] made = new Interleaving[1];
		List<Runnable> parts = new ArrayList<>();
		execution.prepare(threads, () -> {
			made[0] = make(constructor);
			parts.addAll(made[0].actors());
		});
		execution.explore(threads, parts, preemptions, made[0].hasStepsInsideLocks());
		execution.check(threads, made[0]::check);
	}

	private static Interleaving make(Constructor<? extends Interleaving> constructor) {
		try {
			return constructor.newInstance();
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException("The scenario cannot be made", ex.getCause());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
