package io.github.udsboot.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;

import org.junit.jupiter.api.Test;

import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which the items of a stream are added, asked for, taken, and no longer
 * wanted.
 */
class StreamInterleavingTests {

	@Test
	void aHoldIsReleasedWhenAllIsTakenThoughTheStreamEnds() {
		assertThat(Interleavings.explore(HoldAgainstTaking.class, 2, ItemInbox.class)).isGreaterThan(100);
	}

	@Test
	void aHoldIsReleasedThoughNobodyWantsTheItems() {
		assertThat(Interleavings.explore(HoldAgainstCancel.class, 3, ItemInbox.class)).isGreaterThan(20);
	}

	@Test
	void whatIsAskedForWhileItComesIsDeliveredInOrder() {
		assertThat(Interleavings.explore(RequestAgainstItems.class, 2, InboxPublisher.class, ItemInbox.class))
			.isGreaterThan(100);
	}

	@Test
	void aSubscriberThatCancelsHearsOfNoEnd() {
		assertThat(Interleavings.explore(CancelAgainstEnd.class, 2, InboxPublisher.class, ItemInbox.class))
			.isGreaterThan(100);
	}

	@Test
	void whatAPublisherPublishesWhileItIsPumpedArrivesInOrderAndEndsOnce() {
		assertThat(Interleavings.explore(PumpAgainstPublisher.class, 2, ItemPump.class, PublisherSource.class))
			.isGreaterThan(100);
	}

	@Test
	void aPumpThatIsCancelledClosesItsSourceOnce() {
		assertThat(Interleavings.explore(PumpAgainstCancel.class, 2, ItemPump.class, PublisherSource.class))
			.isGreaterThan(100);
	}

	@Test
	void onlyOneThreadIsInASourceThoughItsPumpRunsTwice() {
		assertThat(Interleavings.explore(RunAgainstRun.class, 2, ItemPump.class)).isGreaterThan(20);
	}

	/** Tasks that wait for a thread. */
	private static final class Tasks {

		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		private void run(int most) {
			for (int i = 0; i < most; i++) {
				Runnable task = this.tasks.poll();
				if (task != null) {
					task.run();
				}
			}
		}

		private void runAll() {
			while (!this.tasks.isEmpty()) {
				run(1);
			}
		}

	}

	private static final class Connection implements ItemInbox.Control {

		private boolean held;

		private int cancellations;

		@Override
		public void hold() {
			this.held = true;
		}

		@Override
		public void release() {
			this.held = false;
		}

		@Override
		public void cancelled() {
			this.cancellations++;
			this.held = false;
		}

	}

	static class HoldAgainstTaking implements Interleaving {

		private final Connection connection = new Connection();

		private final ItemInbox inbox = new ItemInbox(1, 1 << 20, this.connection);

		private final List<Byte> taken = new ArrayList<>();

		@Override
		public List<Runnable> actors() {
			return List.of(this::add, this::take);
		}

		private void add() {
			for (byte i = 0; i < 3; i++) {
				this.inbox.add(new byte[] { i });
			}
			this.inbox.end(null);
		}

		private void take() {
			byte[] item = this.inbox.poll();
			while (item != null) {
				this.taken.add(item[0]);
				item = this.inbox.poll();
			}
			if (!this.inbox.isOver()) {
				this.inbox.whenReady(this::take);
			}
		}

		@Override
		public void check() {
			assertThat(this.taken).containsExactly((byte) 0, (byte) 1, (byte) 2);
			assertThat(this.inbox.isOver()).isTrue();
			assertThat(this.connection.held).isFalse();
		}

	}

	static class HoldAgainstCancel implements Interleaving {

		private final Connection connection = new Connection();

		private final ItemInbox inbox = new ItemInbox(1, 1 << 20, this.connection);

		@Override
		public List<Runnable> actors() {
			return List.of(() -> {
				this.inbox.add(new byte[1]);
				this.inbox.add(new byte[1]);
				this.inbox.end(null);
			}, this.inbox::cancel);
		}

		@Override
		public void check() {
			assertThat(this.inbox.isOver()).isTrue();
			assertThat(this.connection.cancellations).isLessThanOrEqualTo(1);
			assertThat(this.connection.held).isFalse();
		}

	}

	private static final class Subscriber implements Flow.Subscriber<Byte> {

		private final List<Byte> items = new ArrayList<>();

		private Flow.Subscription subscription;

		private int ends;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
		}

		@Override
		public void onNext(Byte item) {
			this.items.add(item);
		}

		@Override
		public void onError(Throwable failure) {
			throw new IllegalStateException(failure);
		}

		@Override
		public void onComplete() {
			this.ends++;
		}

	}

	static class RequestAgainstItems implements Interleaving {

		final Tasks tasks = new Tasks();

		final Connection connection = new Connection();

		final ItemInbox inbox = new ItemInbox(1, 1 << 20, this.connection);

		final Subscriber subscriber = new Subscriber();

		RequestAgainstItems() {
			new InboxPublisher<>(this.inbox, (item) -> item[0], SureExecutor.of(this.tasks.tasks::add))
				.subscribe(this.subscriber);
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::add, () -> this.tasks.run(4), this::ask);
		}

		final void add() {
			this.inbox.add(new byte[] { 0 });
			this.inbox.add(new byte[] { 1 });
			this.inbox.end(null);
		}

		void ask() {
			this.subscriber.subscription.request(1);
			this.subscriber.subscription.request(1);
		}

		@Override
		public void check() {
			this.tasks.runAll();
			assertThat(this.subscriber.items).containsExactly((byte) 0, (byte) 1);
			assertThat(this.subscriber.ends).isEqualTo(1);
			assertThat(this.connection.held).isFalse();
		}

	}

	static class CancelAgainstEnd extends RequestAgainstItems {

		@Override
		void ask() {
			this.subscriber.subscription.request(1);
			this.subscriber.subscription.cancel();
		}

		@Override
		public void check() {
			this.tasks.runAll();
			assertThat(this.subscriber.ends).isZero();
			assertThat(this.subscriber.items.size()).isLessThanOrEqualTo(1);
			assertThat(this.connection.held).isFalse();
		}

	}

	/** One that has subscribed and is waited for. */
	static class PumpAgainstPublisher implements Interleaving, ItemSink, Flow.Publisher<Byte>, Flow.Subscription {

		final Tasks tasks = new Tasks();

		final List<Byte> sent = new ArrayList<>();

		final ItemPump pump;

		Flow.Subscriber<? super Byte> subscriber;

		int ends;

		int closings;

		int cancellations;

		PumpAgainstPublisher() {
			this.pump = new ItemPump(new PublisherSource(this, (item) -> new byte[] { (byte) item }), this,
					this.tasks.tasks::add, () -> this.closings++);
			this.pump.schedule();
			this.tasks.runAll();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::publish, () -> this.tasks.run(3), () -> this.tasks.run(3));
		}

		private void publish() {
			this.subscriber.onNext((byte) 0);
			this.subscriber.onNext((byte) 1);
		}

		@Override
		public void check() {
			this.tasks.runAll();
			assertThat(this.sent).as("without the end, which would wake the pump").containsExactly((byte) 0, (byte) 1);
			this.subscriber.onComplete();
			this.tasks.runAll();
			assertThat(this.ends).isEqualTo(1);
			assertThat(this.closings).isEqualTo(1);
			assertThat(this.cancellations).isZero();
		}

		@Override
		public void subscribe(Flow.Subscriber<? super Byte> subscriber) {
			this.subscriber = subscriber;
			subscriber.onSubscribe(this);
		}

		@Override
		public void request(long count) {
			// there are no more than it asks for at first
		}

		@Override
		public void cancel() {
			this.cancellations++;
		}

		@Override
		public boolean hasRoom() {
			return true;
		}

		@Override
		public void whenRoom(Runnable task) {
			throw new IllegalStateException();
		}

		@Override
		public boolean send(byte[] item) {
			this.sent.add(item[0]);
			return true;
		}

		@Override
		public void end(Throwable failure) {
			assertThat(failure).isNull();
			this.ends++;
		}

	}

	static class PumpAgainstCancel extends PumpAgainstPublisher {

		@Override
		public List<Runnable> actors() {
			return List.of(() -> {
				this.subscriber.onNext((byte) 0);
				this.subscriber.onComplete();
			}, () -> this.tasks.run(4), this.pump::cancel);
		}

		@Override
		public void check() {
			this.tasks.runAll();
			assertThat(this.sent).isIn(List.of(), List.of((byte) 0));
			assertThat(this.ends).as("told of the end, unless it is cancelled").isLessThanOrEqualTo(1);
			assertThat(this.closings).isEqualTo(1);
			assertThat(this.cancellations).isLessThanOrEqualTo(1);
		}

	}

	/** A second task for a pump, as from a sink that says twice that it has room. */
	static class RunAgainstRun implements Interleaving, ItemSource, ItemSink {

		private final ItemPump pump = new ItemPump(this, this, (task) -> {
			throw new IllegalStateException();
		});

		private final List<Byte> sent = new ArrayList<>();

		private boolean inside;

		private byte given;

		private int ends;

		private int closings;

		@Override
		public List<Runnable> actors() {
			return List.of(this.pump, this.pump);
		}

		@Override
		public boolean hasNext() {
			assertThat(this.inside).as("another thread is in the source").isFalse();
			// it comes out with the item, if there is one
			this.inside = this.given < 2;
			return this.inside;
		}

		@Override
		public byte[] next() {
			return new byte[] { this.given++ };
		}

		@Override
		public boolean hasRoom() {
			return true;
		}

		@Override
		public void whenRoom(Runnable task) {
			throw new IllegalStateException();
		}

		@Override
		public boolean send(byte[] item) {
			this.sent.add(item[0]);
			this.inside = false;
			return true;
		}

		@Override
		public void close() {
			this.closings++;
		}

		@Override
		public void end(Throwable failure) {
			assertThat(failure).isNull();
			this.ends++;
		}

		@Override
		public void check() {
			assertThat(this.sent).containsExactly((byte) 0, (byte) 1);
			assertThat(this.ends).isEqualTo(1);
			assertThat(this.closings).isEqualTo(1);
		}

	}

}
