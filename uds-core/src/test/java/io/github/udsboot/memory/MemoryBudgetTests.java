package io.github.udsboot.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemoryBudget}, {@link MemoryAccount}, {@link MemoryHold} and
 * {@link RequestMemory}.
 */
class MemoryBudgetTests {

	private static final long LIMIT = 64 << 20;

	/** What accounts of any size may hold together. */
	private static final long LARGE = LIMIT - LIMIT / 8;

	/** What an account may hold that takes from the rest. */
	private static final long SMALL = LIMIT / 128;

	private final MemoryBudget budget = new MemoryBudget(LIMIT, 0);

	private final List<String> evicted = new ArrayList<>();

	@Test
	void asMuchMayBeReservedAsThereIs() {
		MemoryAccount account = open("own", null);
		assertThat(account.tryReserve(LARGE - 1000)).isTrue();
		assertThat(account.tryReserve(1)).isFalse();
		account.release(1);
		assertThat(account.tryReserve(1)).isTrue();
		assertThat(this.budget.used()).isEqualTo(LARGE);
	}

	@Test
	void theLastEighthIsForAccountsThatHoldLittle() {
		assertThat(open("large", null).tryReserve(LARGE - 1000)).isTrue();
		MemoryAccount small = open("small", null);
		assertThat(small.tryReserve(SMALL - 1000)).isTrue();
		assertThat(small.tryReserve(1)).isFalse();
		for (int i = 1; i < LIMIT / 8 / SMALL; i++) {
			assertThat(open("another", null).tryReserve(SMALL - 1000)).isTrue();
		}
		assertThat(this.budget.used()).isEqualTo(LIMIT);
	}

	@Test
	void aLargeAccountThatWaitsHasTheLargestGoThoughSmallOnesHaveRoom() {
		MemoryAccount largest = open("largest", null);
		assertThat(largest.tryReserve(LARGE - 2000)).isTrue();
		MemoryAccount waits = open("waits", null);
		AtomicInteger granted = new AtomicInteger();
		assertThat(waits.reserveOrAwait(1 << 20, granted::incrementAndGet)).isFalse();
		waits.evictForAwaited();
		assertThat(this.evicted).containsExactly("largest");
		largest.release(LARGE - 2000);
		assertThat(granted).hasValue(1);
	}

	@Test
	void anotherUserGetsAQuarterWithAllOfItsConnections() {
		MemoryAccount first = open("first", "eve");
		MemoryAccount second = open("second", "eve");
		assertThat(first.tryReserve(LIMIT / 8)).isTrue();
		assertThat(second.tryReserve(LIMIT / 8)).isFalse();
		assertThat(open("other", "bob").tryReserve(LIMIT / 8)).isTrue();
		assertThat(open("own", null).tryReserve(LIMIT / 2)).isTrue();
	}

	@Test
	void aUserThatConnectsAnewStillHasWhatItsCallsHold() {
		MemoryAccount gone = open("gone", "eve");
		assertThat(gone.tryReserve(LIMIT / 4 - 2000)).isTrue();
		gone.close();
		MemoryAccount back = open("back", "eve");
		assertThat(back.tryReserve(2000)).isFalse();
		gone.release(LIMIT / 4 - 2000);
		assertThat(back.tryReserve(2000)).isTrue();
	}

	@Test
	void connectionsWithoutAFirstFrameGetASixteenthTogether() {
		MemoryAccount silent = Objects.requireNonNull(this.budget.open(null, false, 1000));
		assertThat(silent.tryReserve(LIMIT / 16)).isFalse();
		silent.prove();
		assertThat(silent.tryReserve(LIMIT / 16)).isTrue();
		MemoryAccount next = Objects.requireNonNull(this.budget.open(null, false, 1000));
		assertThat(next.tryReserve(LIMIT / 16 - 1000)).isTrue();
	}

	@Test
	void aConnectionForWhichThereIsNoRoomIsNotOpened() {
		open("own", null).reserve(LIMIT - 1500);
		assertThat(this.budget.open(null, true, 1000)).isNull();
	}

	@Test
	void whoHoldsMostGoesFirstAndNoMoreThanMust() {
		MemoryAccount small = open("small", null);
		MemoryAccount large = open("large", null);
		MemoryAccount largest = open("largest", null);
		small.reserve(LIMIT / 8);
		large.reserve(LIMIT / 4);
		largest.reserve(LIMIT / 2);
		assertThat(this.evicted).isEmpty();
		small.reserve(LIMIT / 4);
		assertThat(this.evicted).containsExactly("largest");
		// its memory counts as free already
		small.reserve(LIMIT / 4);
		assertThat(this.evicted).containsExactly("largest");
		largest.release(LIMIT / 2);
		largest.close();
		small.reserve(LIMIT / 4);
		assertThat(this.evicted).containsExactly("largest", "small");
	}

	@Test
	void aUserThatHoldsTooMuchDrivesNobodyElseOut() {
		MemoryAccount own = open("own", null);
		own.reserve(LIMIT / 2);
		MemoryAccount eve = open("eve", "eve");
		eve.reserve(LIMIT / 4);
		assertThat(this.evicted).containsExactly("eve");
	}

	@Test
	void whatIsAwaitedIsReservedInOrderOnceThereIsRoom() {
		MemoryAccount own = open("own", null);
		own.reserve(LIMIT - 5000);
		List<String> granted = new ArrayList<>();
		MemoryAccount first = open("first", null);
		MemoryAccount second = open("second", null);
		assertThat(first.reserveOrAwait(10_000, () -> granted.add("first"))).isFalse();
		assertThat(second.reserveOrAwait(5000, () -> granted.add("second"))).isFalse();
		own.release(9000);
		assertThat(granted).containsExactly("first");
		own.release(5000);
		assertThat(granted).containsExactly("first", "second");
		assertThat(this.budget.used()).isEqualTo(LIMIT - 5000 + 3000 - 9000 - 5000 + 15_000);
	}

	@Test
	void anAccountThatIsClosedWaitsNoMore() {
		MemoryAccount own = open("own", null);
		own.reserve(LIMIT - 5000);
		AtomicInteger granted = new AtomicInteger();
		MemoryAccount waits = open("waits", null);
		assertThat(waits.reserveOrAwait(10_000, granted::incrementAndGet)).isFalse();
		waits.close();
		own.release(LIMIT - 5000);
		assertThat(granted).hasValue(0);
		own.close();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void whoWaitsForMemoryCanHaveTheLargestGo() {
		MemoryAccount own = open("own", null);
		own.reserve(LIMIT - 5000);
		MemoryAccount waits = open("waits", null);
		waits.evictForAwaited();
		assertThat(this.evicted).isEmpty();
		assertThat(waits.reserveOrAwait(10_000, () -> {
		})).isFalse();
		waits.evictForAwaited();
		waits.evictForAwaited();
		assertThat(this.evicted).containsExactly("own");
	}

	@Test
	void aHoldReservesInStepsAndGivesBackWhatItDoesNotNeed() {
		MemoryAccount account = open("own", null);
		AtomicLong size = new AtomicLong();
		MemoryHold hold = new MemoryHold(account, 1000, size::get);
		size.set(1000);
		assertThat(hold.tryCover(1000)).isTrue();
		assertThat(this.budget.used()).isEqualTo(1000);
		size.set(1 << 20);
		assertThat(hold.tryCover(1 << 20)).isTrue();
		assertThat(this.budget.used()).isBetween(1L << 20, (1L << 20) + (17 << 10));
		size.set(2000);
		hold.settle();
		assertThat(this.budget.used()).isBetween(2000L, 20_000L);
		size.set(LIMIT + 1);
		assertThat(hold.tryCover(LIMIT + 1)).isFalse();
		assertThat(this.budget.used()).isBetween(2000L, 20_000L);
		hold.close();
		assertThat(this.budget.used()).isEqualTo(1000);
		assertThat(hold.tryCover(LIMIT)).isTrue();
		assertThat(this.budget.used()).isEqualTo(1000);
	}

	@Test
	void aHoldThatIsClosedWhileItWaitsKeepsNothing() {
		MemoryAccount own = open("own", null);
		own.reserve(LIMIT - 5000);
		MemoryHold hold = new MemoryHold(open("waits", null), 0, () -> 0);
		AtomicInteger covered = new AtomicInteger();
		assertThat(hold.coverOrAwait(100_000, covered::incrementAndGet)).isFalse();
		hold.close();
		own.release(LIMIT - 5000);
		assertThat(covered).hasValue(1);
		assertThat(this.budget.used()).isEqualTo(2000);
	}

	@Test
	void requestsOfManyThreadsAreCountedInAndOut() throws Exception {
		MemoryAccount account = open("own", null);
		RequestMemory requests = new RequestMemory(account);
		CountDownLatch begin = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		AtomicInteger refused = new AtomicInteger();
		for (int i = 0; i < 4; i++) {
			long bytes = 3000L + 20_000L * i;
			Thread thread = new Thread(() -> {
				try {
					begin.await();
				}
				catch (InterruptedException ex) {
					return;
				}
				for (int round = 0; round < 20_000; round++) {
					if (requests.tryAdd(bytes)) {
						requests.remove(bytes);
					}
					else {
						refused.incrementAndGet();
					}
				}
			});
			thread.start();
			threads.add(thread);
		}
		begin.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(refused).hasValue(0);
		assertThat(requests.held()).isZero();
		assertThat(this.budget.used()).isEqualTo(1000);
	}

	private MemoryAccount open(String name, @Nullable Object user) {
		MemoryAccount account = Objects.requireNonNull(this.budget.open(user, true, 1000));
		account.heldBy(() -> this.evicted.add(name));
		return account;
	}

}
