package io.github.udsboot.stress;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Threads of either kind, their stacks, and waiting with a bound.
 */
final class Threads {

	private static final Method OF_VIRTUAL = find();

	private Threads() {
	}

	private static Method find() {
		try {
			return (Runtime.version().feature() >= 21) ? Thread.class.getMethod("ofVirtual") : null;
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	static boolean hasVirtual() {
		return OF_VIRTUAL != null;
	}

	static Thread start(boolean virtual, String name, Runnable task) {
		if (!virtual) {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			thread.start();
			return thread;
		}
		try {
			Object builder = OF_VIRTUAL.invoke(null);
			return (Thread) Class.forName("java.lang.Thread$Builder")
				.getMethod("start", Runnable.class)
				.invoke(builder, task);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Wait for a condition. */
	static boolean await(long millis, BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end > 0) {
				return false;
			}
			sleep(5);
		}
		return true;
	}

	static void sleep(long millis) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		boolean interrupted = false;
		long left = millis;
		while (left > 0) {
			try {
				Thread.sleep(left);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return the stacks of all threads, the virtual ones included where there are any.
	 */
	static String dump() {
		StringBuilder text = new StringBuilder();
		if (hasVirtual()) {
			try {
				Path file = Files.createTempFile("uds-stress-threads", ".txt");
				Files.delete(file);
				Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
				Object bean = ManagementFactory
					.getPlatformMXBean(type.asSubclass(java.lang.management.PlatformManagedObject.class));
				Class<?> format = Class.forName("com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat");
				type.getMethod("dumpThreads", String.class, format)
					.invoke(bean, file.toString(), format.getEnumConstants()[0]);
				text.append(Files.readString(file));
				Files.delete(file);
				return text.toString();
			}
			catch (ReflectiveOperationException | java.io.IOException ex) {
				text.append("No virtual threads: ").append(ex).append('\n');
			}
		}
		for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
			text.append('"').append(entry.getKey().getName()).append("\" ").append(entry.getKey().getState());
			for (StackTraceElement frame : entry.getValue()) {
				text.append("\n\tat ").append(frame);
			}
			text.append('\n');
		}
		return text.toString();
	}

}
