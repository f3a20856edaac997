package io.github.udsboot.fuzz;

import java.lang.management.ManagementFactory;
import java.util.HexFormat;

import com.sun.management.ThreadMXBean;

/**
 * Tries inputs one after the other, and counts what each makes the thread allocate.
 */
final class FuzzInput {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private FuzzInput() {
	}

	static void tryOn(FuzzTarget target, byte[] input) {
		long allowed = target.allowedBytes(input.length);
		long allocated = allocated(target, input);
		for (int i = 0; i < 3 && allocated > allowed; i++) {
			// once more, for the JVM allocates too when code runs for the first time
			allocated = allocated(target, input);
		}
		if (allocated > allowed) {
			throw new AssertionError(allocated + " bytes were allocated for " + text(input));
		}
	}

	private static long allocated(FuzzTarget target, byte[] input) {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		try {
			target.accept(input.clone());
		}
		catch (Throwable ex) {
			throw new AssertionError("Input " + text(input), ex);
		}
		return THREADS.getCurrentThreadAllocatedBytes() - before;
	}

	static String text(byte[] input) {
		return HexFormat.of().formatHex(input);
	}

}
