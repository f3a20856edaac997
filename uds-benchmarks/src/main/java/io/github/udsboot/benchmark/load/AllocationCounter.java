package io.github.udsboot.benchmark.load;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * Tells how many bytes this process has allocated: on all threads there ever were where
 * the JDK counts so (21 and later), else on the platform threads alive.
 */
public final class AllocationCounter {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final @Nullable Method TOTAL = findTotal();

	private AllocationCounter() {
	}

	private static @Nullable Method findTotal() {
		try {
			return ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	/**
	 * Return the bytes allocated so far.
	 * @return the number of bytes
	 */
	public static long allocatedBytes() {
		return (TOTAL != null) ? total(TOTAL) : ofThreadsAlive();
	}

	private static long total(Method method) {
		try {
			return (long) method.invoke(THREADS);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("The JDK does not tell what was allocated", ex);
		}
	}

	private static long ofThreadsAlive() {
		long sum = 0;
		for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
			sum += Math.max(0, bytes);
		}
		return sum;
	}

}
