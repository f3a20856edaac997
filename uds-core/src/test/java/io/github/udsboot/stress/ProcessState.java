package io.github.udsboot.stress;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.github.udsboot.interop.ProcessResources;

/**
 * What this process holds at a moment, to compare later moments with.
 *
 * @param descriptors the open descriptors, by what they are
 * @param threads the names of the live threads of ours
 * @param threadCount how many threads there are
 * @param directMemory the direct memory in use, in bytes
 */
record ProcessState(Map<String, Integer> descriptors, Set<String> threads, int threadCount, long directMemory) {

	/** The JDK keeps a buffer for each thread of its own that writes or reads. */
	private static final long DIRECT_SLACK = 16 << 20;

	private static final int THREAD_SLACK = 24;

	private static final long PATIENCE_MILLIS = 20_000;

	/** A thread that does nothing uses less of a second than this. */
	private static final long SPINNING_PERCENT = 40;

	static ProcessState now() {
		System.gc();
		Set<String> threads = new TreeSet<>();
		ThreadMXBean bean = ManagementFactory.getThreadMXBean();
		for (ThreadInfo info : bean.getThreadInfo(bean.getAllThreadIds())) {
			if (info != null && isOfARound(info.getThreadName())) {
				threads.add(info.getThreadName());
			}
		}
		return new ProcessState(ProcessResources.now().descriptors(), threads, bean.getThreadCount(),
				usedDirectMemory());
	}

	/** Return a state that holds no later one to anything. */
	static ProcessState unlimited() {
		return new ProcessState(Map.of(), Set.of(), Integer.MAX_VALUE, Long.MAX_VALUE);
	}

	/** Those of clients and listeners end with them; those that all share stay. */
	private static boolean isOfARound(String name) {
		return name.startsWith("uds-stress") || name.startsWith("uds-calls") || name.startsWith("uds-lines")
				|| name.startsWith("uds-raw") || name.equals("uds-handover-watcher") || name.startsWith("stress-");
	}

	private static long usedDirectMemory() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	int descriptorCount() {
		return this.descriptors.values().stream().mapToInt(Integer::intValue).sum();
	}

	/** Wait until no more is held than at this moment, and say what is if it stays. */
	void awaitSame(CallLedger ledger) {
		ProcessState[] last = new ProcessState[1];
		if (!Threads.await(PATIENCE_MILLIS, () -> {
			last[0] = now();
			return isSame(last[0]);
		})) {
			ledger.fault("The process holds more than before: " + last[0] + " and not " + this);
		}
	}

	private boolean isSame(ProcessState now) {
		return this.threadCount == Integer.MAX_VALUE
				|| this.threads.containsAll(now.threads) && now.threadCount <= (long) this.threadCount + THREAD_SLACK
						&& now.directMemory <= this.directMemory + DIRECT_SLACK
						&& now.descriptors.entrySet()
							.stream()
							.allMatch((entry) -> entry.getValue() <= this.descriptors.getOrDefault(entry.getKey(), 0));
	}

	/** Nothing is under way: see that no thread is at work. */
	static void checkIdle(CallLedger ledger) {
		Map<String, Long> spinning = spinning();
		for (int i = 0; i < 3 && !spinning.isEmpty(); i++) {
			Map<String, Long> again = spinning();
			spinning.keySet().retainAll(again.keySet());
		}
		if (!spinning.isEmpty()) {
			ledger.fault("Nothing is under way and threads are at work, with so much of a processor in per cent: "
					+ spinning + '\n' + Threads.dump());
		}
	}

	private static Map<String, Long> spinning() {
		ThreadMXBean bean = ManagementFactory.getThreadMXBean();
		long begun = System.nanoTime();
		Map<Long, Long> before = new HashMap<>();
		for (long id : bean.getAllThreadIds()) {
			before.put(id, bean.getThreadCpuTime(id));
		}
		Threads.sleep(300);
		long time = Math.max(TimeUnit.MILLISECONDS.toNanos(300), System.nanoTime() - begun);
		Map<String, Long> spinning = new HashMap<>();
		before.forEach((id, cpu) -> {
			long used = bean.getThreadCpuTime(id) - cpu;
			ThreadInfo info = bean.getThreadInfo(id);
			if (used * 100 / time > SPINNING_PERCENT && info != null && id != currentId()) {
				spinning.put(info.getThreadName() + "#" + id, used * 100 / time);
			}
		});
		return spinning;
	}

	@SuppressWarnings("deprecation") // threadId() is not in Java 17
	private static long currentId() {
		return Thread.currentThread().getId();
	}

}
