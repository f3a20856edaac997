package io.github.udsboot.guard;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of failures that are caused again and again.
 */
class LostFailuresTests {

	private static final long MINUTE = 60_000_000_000L;

	private final List<String> lines = new ArrayList<>();

	private final AtomicLong time = new AtomicLong();

	private boolean debug;

	private boolean broken;

	private final FailureThrottle failures = failures();

	private FailureThrottle failures() {
		Log log = (Log) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Log.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("isDebugEnabled")) {
						return this.debug;
					}
					assertThat(method.getName()).isEqualTo("warn");
					assertThat(arguments[1]).isInstanceOf(RuntimeException.class);
					if (this.broken) {
						throw new OutOfMemoryError("no line");
					}
					this.lines.add((String) arguments[0]);
					return null;
				});
		return new FailureThrottle(log, log::warn, this.time::get);
	}

	private void fail(int count) {
		for (int i = 0; i < count; i++) {
			this.failures.log("not cancelled", " by " + i, new IllegalStateException());
		}
	}

	@Test
	void oneOfAKindIsLoggedAMinuteAndTheOthersCounted() {
		fail(10_000);
		assertThat(this.lines).containsExactly("not cancelled by 0");
		this.time.addAndGet(MINUTE);
		fail(2);
		assertThat(this.lines).containsExactly("not cancelled by 0",
				"not cancelled by 0 (9999 more like it were left out)");
	}

	@Test
	void anotherKindOfFailureIsLoggedAtOnce() {
		fail(10_000);
		this.failures.log("not closed", new IllegalStateException());
		this.failures.log("not cancelled", new IllegalArgumentException());
		this.failures.log("not cancelled", new IllegalStateException(new IllegalArgumentException()));
		assertThat(this.lines).containsExactly("not cancelled by 0", "not closed", "not cancelled", "not cancelled");
	}

	@Test
	void whoFindsEverNewKindsFillsNoLog() {
		for (int i = 0; i < 10_000; i++) {
			this.failures.log("kind " + i, new IllegalStateException());
		}
		assertThat(this.lines).hasSize(10);
		this.time.addAndGet(MINUTE);
		this.failures.log("last", new IllegalStateException());
		assertThat(this.lines).last().isEqualTo("last (9990 more of other kinds were left out)");
	}

	@Test
	void withDebugAllAreLogged() {
		this.debug = true;
		fail(100);
		assertThat(this.lines).hasSize(100);
	}

	@Test
	void aLoggerThatThrowsDoesNoHarmAndTheNextFailureGetsTheLine() {
		this.broken = true;
		fail(1);
		assertThat(this.lines).isEmpty();
		this.broken = false;
		fail(1);
		assertThat(this.lines).hasSize(1);
	}

}
