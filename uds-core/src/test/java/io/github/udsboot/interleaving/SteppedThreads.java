package io.github.udsboot.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * In place of a pool without a queue: a thread, which is an actor, for each task.
 */
public final class SteppedThreads extends AbstractExecutorService {

	private final ThreadFactory factory;

	private final List<Thread> threads = new ArrayList<>();

	private boolean shutdown;

	public SteppedThreads(int core, int most, long keepAlive, TimeUnit unit, BlockingQueue<Runnable> queue,
			ThreadFactory factory) {
		this.factory = factory;
	}

	@Override
	public void execute(Runnable task) {
		if (this.shutdown) {
			throw new RejectedExecutionException("shut down");
		}
		Thread thread = this.factory.newThread(task);
		this.threads.add(thread);
		Steps.start(thread);
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
	}

	@Override
	public List<Runnable> shutdownNow() {
		this.shutdown = true;
		this.threads.forEach(Thread::interrupt);
		return List.of();
	}

	@Override
	public boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public boolean isTerminated() {
		return this.shutdown && this.threads.stream().noneMatch(Thread::isAlive);
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		throw new UnsupportedOperationException();
	}

}
