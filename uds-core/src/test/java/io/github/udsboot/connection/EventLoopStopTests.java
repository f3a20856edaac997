package io.github.udsboot.connection;

import java.nio.channels.Selector;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventLoopStopTests {

	@Test
	void whenTheLoopIsStoppedWhileItRunsItsTasksThenItEndsWithoutAnotherWakeUp() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			EventLoop loop = new EventLoop(Selector.open(), new HandoverWatcher(), new BoundedExecutor(threads, 1),
					new ConnectionLimits(1 << 20, ConnectionClocks.DEFAULTS, null));
			loop.startOwner();
			// the task that is to wake the loop up comes while it runs tasks anyway
			loop.execute(loop::stop);
			assertThat(loop.termination().await(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			threads.shutdownNow();
		}
	}

}
