package io.github.udsboot.benchmark.load;

import java.lang.reflect.InvocationTargetException;

/**
 * Makes the threads of callers; virtual ones by reflection, since the code is compiled
 * for a JDK that has none.
 */
final class CallerThreads {

	private CallerThreads() {
	}

	static Thread start(String name, boolean virtual, Runnable task) {
		Thread thread = virtual ? virtual(task) : new Thread(task);
		thread.setName(name);
		thread.start();
		return thread;
	}

	private static Thread virtual(Runnable task) {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			return (Thread) Class.forName("java.lang.Thread$Builder")
				.getMethod("unstarted", Runnable.class)
				.invoke(builder, task);
		}
		catch (NoSuchMethodException | ClassNotFoundException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("Virtual threads need JDK 21", ex);
		}
	}

}
