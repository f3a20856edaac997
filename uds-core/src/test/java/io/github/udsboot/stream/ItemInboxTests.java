package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * An inbox between a thread that adds as long as it may, and one that takes.
 */
@Timeout(60)
class ItemInboxTests {

	private final AtomicBoolean held = new AtomicBoolean();

	private final AtomicInteger cancelled = new AtomicInteger();

	private final ItemInbox.Control control = new ItemInbox.Control() {

		@Override
		public void hold() {
			ItemInboxTests.this.held.set(true);
		}

		@Override
		public void release() {
			ItemInboxTests.this.held.set(false);
		}

		@Override
		public void cancelled() {
			ItemInboxTests.this.cancelled.incrementAndGet();
		}

	};

	@Test
	void holdsAtItsLimitsAndReleasesWhenEmptied() {
		ItemInbox inbox = new ItemInbox(2, 1_000, this.control);
		assertThat(inbox.add(new byte[1])).isTrue();
		assertThat(this.held).isFalse();
		assertThat(inbox.add(new byte[1])).isFalse();
		assertThat(this.held).isTrue();
		assertThat(inbox.poll()).isNotNull();
		assertThat(this.held).isFalse();
		assertThat(inbox.poll()).isNotNull();
		assertThat(inbox.poll()).isNull();
		assertThat(inbox.add(new byte[1_000])).as("the limit of bytes").isFalse();
		assertThat(this.held).isTrue();
	}

	@Test
	void holdsNobodyOnceTheStreamHasEndedThoughItsItemsAreNeverTaken() {
		for (RuntimeException failure : new RuntimeException[] { null, new IllegalStateException() }) {
			ItemInbox inbox = new ItemInbox(1, 1_000, this.control);
			inbox.add(new byte[1]);
			assertThat(this.held).isTrue();
			inbox.end(failure);
			assertThat(this.held).isFalse();
			assertThat(inbox.poll()).hasSize(1);
			// the connection may hold for another stream by now
			this.held.set(true);
			assertThat(inbox.isOver()).isTrue();
			inbox.cancel();
			assertThat(this.held).isTrue();
			this.held.set(false);
		}
	}

	/** A release that overtook its hold would leave the thread that adds waiting. */
	@Test
	void isNeverHeldWhileItIsEmpty() throws Exception {
		int count = 100_000;
		ItemInbox inbox = new ItemInbox(2, 1_000_000, this.control);
		Thread reader = new Thread(() -> {
			for (int i = 0; i < count; i++) {
				while (this.held.get()) {
					Thread.onSpinWait();
				}
				inbox.add(new byte[] { (byte) i });
			}
			inbox.end(null);
		});
		reader.setDaemon(true);
		reader.start();
		for (int i = 0; i < count; i++) {
			byte[] item = inbox.take();
			assertThat(item).isNotNull();
			assertThat(item[0]).isEqualTo((byte) i);
		}
		assertThat(inbox.take()).isNull();
	}

	@Test
	void theFailureComesAfterTheItems() throws Exception {
		ItemInbox inbox = new ItemInbox(10, 1_000, this.control);
		inbox.add(new byte[1]);
		inbox.end(new IllegalStateException("broken"));
		inbox.end(null);
		inbox.add(new byte[1]);
		assertThat(inbox.take()).isNotNull();
		assertThatIllegalStateException().isThrownBy(inbox::take).withMessage("broken");
	}

	@Test
	void cancellingWakesWhoeverWaits() throws Exception {
		ItemInbox inbox = new ItemInbox(10, 1_000, this.control);
		FutureTask<byte[]> taker = new FutureTask<>(inbox::take);
		Thread thread = new Thread(taker);
		thread.setDaemon(true);
		thread.start();
		await().until(() -> thread.getState() == Thread.State.WAITING);
		inbox.cancel();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> taker.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(CancellationException.class);
	}

	@Test
	void cancellingDropsWhatIsThereAndSaysSoOnce() {
		ItemInbox inbox = new ItemInbox(10, 1_000, this.control);
		inbox.add(new byte[1]);
		inbox.cancel();
		inbox.cancel();
		assertThat(this.cancelled).hasValue(1);
		assertThat(inbox.isOver()).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(inbox::poll);
		ItemInbox complete = new ItemInbox(10, 1_000, this.control);
		complete.end(null);
		complete.cancel();
		assertThat(this.cancelled).hasValue(1);
	}

	@Test
	void whoIsInterruptedBecauseTheStreamHasEndedEarlyIsToldWhy() {
		ItemInbox inbox = new ItemInbox(4, 4096, new ItemInbox.Control() {

			@Override
			public void hold() {
				// nobody adds
			}

			@Override
			public void release() {
				// nobody was held
			}

			@Override
			public void cancelled() {
				// nobody cancels
			}

		});
		Iterator<byte[]> items = InboxIterator
			.stream(inbox, Function.identity(), () -> new IllegalStateException("interrupted"))
			.iterator();
		inbox.end(new UnsupportedOperationException("the reason"));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(items::hasNext)
			.withMessage("the reason");
		assertThat(Thread.interrupted()).isTrue();
	}

}
