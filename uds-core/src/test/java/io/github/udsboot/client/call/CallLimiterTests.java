package io.github.udsboot.client.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Permits come back, and go to whoever waits, in order.
 */
@Timeout(60)
class CallLimiterTests {

	private final List<String> events = new ArrayList<>();

	@Test
	void permitsGoToWaitersInTheirOrder() throws Throwable {
		CallLimiter limiter = new CallLimiter(1);
		assertThat(limiter.tryAcquire()).isTrue();
		limiter.enqueue(waiter("first", in(60)));
		Caller<Boolean> second = Callers.start(() -> limiter.acquire(in(60)));
		Callers.await().until(() -> second.thread().getState() == Thread.State.TIMED_WAITING);
		limiter.enqueue(waiter("third", in(60)));
		limiter.release();
		assertThat(this.events).containsExactly("first granted");
		assertThat(second.future()).isNotDone();
		limiter.release();
		assertThat(second.result()).isTrue();
		assertThat(this.events).containsExactly("first granted");
		limiter.release();
		assertThat(this.events).containsExactly("first granted", "third granted");
		limiter.release();
		assertThat(limiter.free()).isEqualTo(1);
		assertThat(limiter.hasWaiting()).isFalse();
	}

	@Test
	void furtherPermitsServeThoseWhoWait() {
		CallLimiter limiter = new CallLimiter(0);
		limiter.enqueue(waiter("first", in(60)));
		limiter.enqueue(waiter("second", in(60)));
		limiter.release(5);
		assertThat(this.events).containsExactly("first granted", "second granted");
		assertThat(limiter.free()).isEqualTo(3);
	}

	@Test
	void whoeverIsTooLateGoesWithoutAPermit() throws Throwable {
		CallLimiter limiter = new CallLimiter(0);
		limiter.enqueue(waiter("late", in(60)));
		limiter.enqueue(waiter("patient", in(3_600)));
		limiter.expire(System.nanoTime());
		assertThat(this.events).isEmpty();
		limiter.expire(in(61));
		limiter.expire(in(62));
		assertThat(this.events).containsExactly("late expired");
		assertThat(Callers.start(() -> limiter.acquire(System.nanoTime() + 1_000_000)).result()).isFalse();
		limiter.release();
		assertThat(this.events).containsExactly("late expired", "patient granted");
		limiter.release();
		assertThat(limiter.free()).isEqualTo(1);
	}

	@Test
	void waiterThatCameDuringAnExpiryIsNotForgotten() {
		CallLimiter limiter = new CallLimiter(0);
		limiter.enqueue(new CallLimiter.AsyncWaiter(in(1)) {

			@Override
			public void granted() {
				throw new IllegalStateException();
			}

			@Override
			public void expired() {
				limiter.enqueue(waiter("newcomer", in(2)));
			}

		});
		limiter.expire(in(1) + 1);
		limiter.expire(in(3));
		assertThat(this.events).containsExactly("newcomer expired");
	}

	@Test
	void aWaiterThatThrowsCostsTheOthersNothing() {
		CallLimiter limiter = new CallLimiter(0);
		for (int i = 0; i < 2; i++) {
			limiter.enqueue(throwing(in(60)));
			limiter.enqueue(waiter("granted", in(60)));
			limiter.release(2);
		}
		assertThat(this.events).containsExactly("granted granted", "granted granted");
		limiter.enqueue(throwing(in(1)));
		limiter.enqueue(waiter("expired", in(1)));
		limiter.enqueue(waiter("patient", in(3)));
		limiter.expire(in(2));
		limiter.expire(in(4));
		assertThat(this.events).endsWith("expired expired", "patient expired").hasSize(4);
		assertThat(limiter.hasWaiting()).isFalse();
	}

	private static CallLimiter.AsyncWaiter throwing(long deadline) {
		return new CallLimiter.AsyncWaiter(deadline) {

			@Override
			public void granted() {
				throw new OutOfMemoryError("on purpose");
			}

			@Override
			public void expired() {
				throw new OutOfMemoryError("on purpose");
			}

		};
	}

	@Test
	void interruptedWaiterGoesWithoutAPermit() throws Throwable {
		CallLimiter limiter = new CallLimiter(0);
		Caller<Boolean> caller = Callers.start(() -> limiter.acquire(in(60)));
		Callers.await().until(() -> caller.thread().getState() == Thread.State.TIMED_WAITING);
		caller.thread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(caller::result);
		limiter.release();
		assertThat(limiter.free()).isEqualTo(1);
	}

	@Test
	void noPermitIsLostOrMadeInACrowd() throws Throwable {
		int permits = 3;
		CallLimiter limiter = new CallLimiter(permits);
		AtomicInteger held = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger pending = new AtomicInteger();
		List<Caller<Integer>> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			boolean async = i % 2 == 0;
			callers.add(Callers.start(() -> {
				for (int call = 0; call < 5_000; call++) {
					// some give up at once, some in the middle of being served
					long deadline = System.nanoTime() + ((call % 5 == 0) ? 20_000 : 60_000_000_000L);
					Runnable work = () -> {
						most.accumulateAndGet(held.incrementAndGet(), Math::max);
						held.decrementAndGet();
						limiter.release();
					};
					if (!async) {
						if (limiter.acquire(deadline)) {
							work.run();
						}
					}
					else if (limiter.tryAcquire()) {
						work.run();
					}
					else {
						pending.incrementAndGet();
						limiter.enqueue(new CallLimiter.AsyncWaiter(deadline) {

							@Override
							public void granted() {
								pending.decrementAndGet();
								work.run();
							}

							@Override
							public void expired() {
								pending.decrementAndGet();
							}

						});
						limiter.expire(System.nanoTime());
					}
				}
				return 0;
			}));
		}
		for (Caller<Integer> caller : callers) {
			caller.future().get(50, TimeUnit.SECONDS);
		}
		assertThat(pending).hasValue(0);
		assertThat(most.get()).isBetween(1, permits);
		assertThat(limiter.free()).isEqualTo(permits);
		assertThat(limiter.hasWaiting()).isFalse();
	}

	private CallLimiter.AsyncWaiter waiter(String name, long deadline) {
		return new CallLimiter.AsyncWaiter(deadline) {

			@Override
			public void granted() {
				CallLimiterTests.this.events.add(name + " granted");
			}

			@Override
			public void expired() {
				CallLimiterTests.this.events.add(name + " expired");
			}

		};
	}

	private static long in(long seconds) {
		return System.nanoTime() + seconds * 1_000_000_000;
	}

}
