package io.github.udsboot.guard;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of failures that have no receiver.
 */
class LostFailuresTests {

	private static final long MINUTE = 60_000_000_000L;

	private final List<String> lines = new ArrayList<>();

	private final AtomicLong time = new AtomicLong();

	private boolean debug;

	private boolean broken;

	private final LostFailures failures = new LostFailures(log(), this.time::get);

	private Log log() {
		return (Log) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Log.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("isDebugEnabled")) {
						return this.debug;
					}
					assertThat(method.getName()).isEqualTo("warn");
					assertThat(arguments[1]).isInstanceOf(IllegalStateException.class);
					if (this.broken) {
						throw new OutOfMemoryError("no line");
					}
					this.lines.add((String) arguments[0]);
					return null;
				});
	}

	private void fail(int count) {
		for (int i = 0; i < count; i++) {
			this.failures.add("not cancelled", new IllegalStateException());
		}
	}

	@Test
	void tenAMinuteAreLoggedAndTheOthersCounted() {
		fail(1000);
		assertThat(this.lines).hasSize(10).containsOnly("not cancelled");
		this.time.addAndGet(MINUTE);
		fail(2);
		assertThat(this.lines.subList(10, 12)).containsExactly("not cancelled (990 more failures were left out)",
				"not cancelled");
	}

	@Test
	void withDebugAllAreLogged() {
		this.debug = true;
		fail(100);
		assertThat(this.lines).hasSize(100);
	}

	@Test
	void aLoggerThatThrowsDoesNoHarm() {
		this.broken = true;
		fail(1);
		assertThat(this.lines).isEmpty();
	}

}
