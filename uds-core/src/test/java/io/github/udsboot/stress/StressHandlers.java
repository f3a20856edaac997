package io.github.udsboot.stress;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.springframework.messaging.handler.annotation.Header;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

import io.github.udsboot.Status;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.stress.Operation.Behaviour;

/**
 * Handler methods that do what the request tells them; each is called by its name.
 */
class StressHandlers implements AutoCloseable {

	private final CallLedger ledger;

	private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, StressHandlers::thread);

	private final ExecutorService pushers = Executors.newCachedThreadPool(StressHandlers::thread);

	/** Those who wait for each other. */
	volatile Meeting meeting = new Meeting(0);

	StressHandlers(CallLedger ledger) {
		this.ledger = ledger;
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "uds-stress-handlers");
		thread.setDaemon(true);
		return thread;
	}

	@Override
	public void close() {
		this.clock.shutdownNow();
		this.pushers.shutdownNow();
	}

	// --- calls

	byte[] inline(byte[] payload) throws InterruptedException {
		return work(payload);
	}

	byte[] auto(byte[] payload) throws InterruptedException {
		return work(payload);
	}

	byte[] pool(byte[] payload) throws InterruptedException {
		return work(payload);
	}

	byte[] virtual(byte[] payload) throws InterruptedException {
		return work(payload);
	}

	/** Answers on another thread. */
	CompletionStage<byte[]> later(byte[] payload) {
		Head head = begin(payload);
		CompletableFuture<byte[]> answer = new CompletableFuture<>();
		long micros = (head.behaviour == Behaviour.SLEEP) ? head.micros : head.micros / 50;
		this.clock.schedule(() -> {
			try {
				head.fail();
				answer.complete(payload);
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		}, micros, TimeUnit.MICROSECONDS);
		return answer;
	}

	void note(byte[] payload) throws InterruptedException {
		begin(payload).sleep();
	}

	private byte[] work(byte[] payload) throws InterruptedException {
		Head head = begin(payload);
		head.sleep();
		head.fail();
		return payload;
	}

	/** Completes when as many have come as are expected. */
	CompletionStage<String> meet(String name) {
		return this.meeting.arrive();
	}

	private Head begin(byte[] payload) {
		Head head = Head.of(payload);
		this.ledger.executed(head.id);
		return head;
	}

	// --- streams

	Stream<byte[]> down(byte[] order) {
		Head head = begin(order);
		ByteBuffer rest = ByteBuffer.wrap(order).position(Operation.HEADER);
		int items = rest.getInt();
		int size = rest.getInt();
		long seed = rest.getLong();
		return IntStream.range(0, items).mapToObj((index) -> {
			head.sleepBetween(index, items);
			return Operation.item(head.id, head.behaviour.ordinal(), head.micros, index, size, seed);
		});
	}

	Flow.Publisher<byte[]> downPublished(byte[] order) {
		Head head = begin(order);
		ByteBuffer rest = ByteBuffer.wrap(order).position(Operation.HEADER);
		int items = rest.getInt();
		int size = rest.getInt();
		long seed = rest.getLong();
		return JdkFlowAdapter.publisherToFlowPublisher(Flux.range(0, items)
			.map((index) -> Operation.item(head.id, head.behaviour.ordinal(), head.micros, index, size, seed)));
	}

	/** Without end, and without a pause. */
	Stream<Integer> endless() {
		return Stream.iterate(0, (number) -> number + 1);
	}

	/** One item, and never another. */
	Flow.Publisher<Integer> open() {
		return JdkFlowAdapter.publisherToFlowPublisher(Flux.concat(Flux.just(0), Flux.never()));
	}

	byte[] up(Stream<byte[]> items) throws InterruptedException {
		CRC32 sum = new CRC32();
		int count = 0;
		Head head = null;
		for (Iterator<byte[]> i = items.iterator(); i.hasNext();) {
			byte[] item = i.next();
			if (count++ == 0) {
				head = begin(item);
				if (head.behaviour == Behaviour.EARLY) {
					return answer(1, 0);
				}
			}
			head.sleepBetween(count, 60);
			sum.update(item);
		}
		return answer(count, sum.getValue());
	}

	/** Answers without a look at what is sent. */
	byte[] upUnread(Stream<byte[]> items, @Header("call") String id) {
		this.ledger.executed(Long.parseUnsignedLong(id, 16));
		return answer(0, 0);
	}

	CompletionStage<byte[]> upPublished(Flow.Publisher<byte[]> items) {
		return JdkFlowAdapter.flowPublisherToFlux(items).collect(() -> new Object[] { new CRC32(), 0 }, (sum, item) -> {
			int count = (int) sum[1];
			if (count == 0) {
				begin(item);
			}
			((CRC32) sum[0]).update(item);
			sum[1] = count + 1;
		}).map((sum) -> answer((int) sum[1], ((CRC32) sum[0]).getValue())).toFuture();
	}

	private static byte[] answer(int count, long sum) {
		return ByteBuffer.allocate(12).putInt(count).putLong(sum).array();
	}

	Stream<byte[]> both(Stream<byte[]> items) {
		return items.map(this::mirrored);
	}

	Flow.Publisher<byte[]> bothPublished(Flow.Publisher<byte[]> items) {
		return JdkFlowAdapter.publisherToFlowPublisher(JdkFlowAdapter.flowPublisherToFlux(items).map(this::mirrored));
	}

	private byte[] mirrored(byte[] item) {
		if (ByteBuffer.wrap(item).getInt(Operation.HEADER) == 0) {
			begin(item);
		}
		return item;
	}

	// --- messages

	/** Lines: {@code say}, {@code begin} and {@code meet}, and the id of the call. */
	String talk(UdsSession session, String line) throws Exception {
		String[] words = line.split(" ", 4);
		if (words[0].equals("meet")) {
			return this.meeting.arrive().toCompletableFuture().get(30, TimeUnit.SECONDS);
		}
		long id = Long.parseUnsignedLong(words[1], 16);
		if (words[0].equals("begin")) {
			this.ledger.executed(id);
			int pushes = Integer.parseInt(words[2]);
			this.pushers.execute(() -> {
				try {
					for (int i = 0; i < pushes; i++) {
						session.send("push " + words[1] + " " + i);
					}
				}
				catch (RuntimeException ex) {
					// the session is over, which its other side finds out as well
				}
			});
		}
		else if (words[0].equals("ask")) {
			this.ledger.executed(id);
			TimeUnit.MICROSECONDS.sleep(Long.parseLong(words[2]));
		}
		return line;
	}

	byte[] raw(byte[] message) throws InterruptedException {
		begin(message).sleep();
		return message;
	}

	private record Head(long id, Behaviour behaviour, int micros) {

		static Head of(byte[] payload) {
			ByteBuffer head = ByteBuffer.wrap(payload);
			return new Head(head.getLong(), Behaviour.values()[head.getInt()], head.getInt());
		}

		void sleep() throws InterruptedException {
			if (this.behaviour == Behaviour.SLEEP) {
				TimeUnit.MICROSECONDS.sleep(this.micros);
			}
		}

		void sleepBetween(int index, int items) {
			if (this.behaviour == Behaviour.SLEEP && index % 16 == 0) {
				try {
					TimeUnit.MICROSECONDS.sleep(this.micros / (1 + items / 16));
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new ProvokedException("interrupted");
				}
			}
		}

		void fail() {
			if (this.behaviour == Behaviour.THROW) {
				throw new ProvokedException("asked to");
			}
			if (this.behaviour == Behaviour.STATUS) {
				throw new UdsStatusException(Status.OUT_OF_RANGE, "asked to");
			}
		}

	}

	/** Calls that are all under way at the same time. */
	static final class Meeting {

		private final CountDownLatch missing;

		private final CompletableFuture<String> complete = new CompletableFuture<>();

		Meeting(int expected) {
			this.missing = new CountDownLatch(expected);
		}

		CompletionStage<String> arrive() {
			this.missing.countDown();
			if (this.missing.getCount() == 0) {
				this.complete.complete("met");
			}
			return this.complete.copy();
		}

		long missing() {
			return this.missing.getCount();
		}

	}

}
