package io.github.udsboot.stress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.springframework.test.util.ReflectionTestUtils;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * What clients and listeners do not show to users. A field that is gone fails the run:
 * say here where the state has moved.
 */
final class HiddenState {

	private HiddenState() {
	}

	/** Return the calls that the client's connections may take now. */
	static int freeCalls(UdsTemplate template) {
		Object limiter = field(field(template.getConnectionFactory(), "growth"), "limiter");
		Integer free = ReflectionTestUtils.invokeMethod(limiter, "free");
		return (free != null) ? free : -1;
	}

	static boolean hasWaitingCalls(UdsTemplate template) {
		Object limiter = field(field(template.getConnectionFactory(), "growth"), "limiter");
		return Boolean.TRUE.equals(ReflectionTestUtils.invokeMethod(limiter, "hasWaiting"))
				|| ((AtomicInteger) field(field(template.getConnectionFactory(), "queue"), "waiting")).get() != 0;
	}

	static int freeStreams(UdsTemplate template) {
		return ((Semaphore) field(field(field(field(template, "rpc"), "streams"), "opener"), "permits"))
			.availablePermits();
	}

	static int freeExchanges(UdsTemplate template) {
		return ((Semaphore) field(field(template, "exchanges"), "permits")).availablePermits();
	}

	/**
	 * Return the connections of a listener that are read no further though nothing is
	 * under way.
	 */
	static List<String> pausedConnections(UdsListenerContainer container) {
		Object run = ReflectionTestUtils.getField(container, "run");
		List<String> paused = Collections.synchronizedList(new ArrayList<>());
		if (run != null) {
			onEachLoop(run, (loop) -> ((Iterable<?>) field(field(loop, "members"), "members")).forEach((member) -> {
				if (member instanceof LoopConnection) {
					Object input = field(member, "input");
					if (Boolean.TRUE.equals(field(input, "paused")) || Boolean.TRUE.equals(field(input, "held"))) {
						paused.add(String.valueOf(member));
					}
				}
			}));
		}
		return paused;
	}

	/** Return how many timers a listener without connections has set. */
	static int timers(UdsListenerContainer container) {
		Object run = ReflectionTestUtils.getField(container, "run");
		AtomicInteger timers = new AtomicInteger();
		if (run != null) {
			onEachLoop(run,
					(loop) -> timers.addAndGet(((Collection<?>) field(field(loop, "timers"), "timers")).size()));
		}
		return timers.get();
	}

	/** Look at what only the owner of a loop may look at. */
	private static void onEachLoop(Object run, Consumer<Object> action) {
		List<?> all = (List<?>) field(field(run, "loops"), "loops");
		CountDownLatch done = new CountDownLatch(all.size());
		for (Object loop : all) {
			((Executor) loop).execute(() -> {
				action.accept(loop);
				done.countDown();
			});
		}
		try {
			if (!done.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("An event loop runs no tasks");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object field(Object target, String name) {
		Object value = ReflectionTestUtils.getField(target, name);
		if (value == null) {
			throw new IllegalStateException("Nothing in " + target.getClass() + "." + name);
		}
		return value;
	}

}
