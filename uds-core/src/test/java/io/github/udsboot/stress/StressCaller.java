package io.github.udsboot.stress;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.stress.CallLedger.Kind;
import io.github.udsboot.stress.CallLedger.Outcome;
import io.github.udsboot.stress.Operation.Behaviour;

/**
 * Makes one call after the other, and compares what comes back with what was asked for.
 */
final class StressCaller implements Runnable {

	/** Whatever takes longer hangs: beyond every timeout of a call. */
	static final long BOUND_SECONDS = 60;

	private static final int WINDOW = 8;

	private final RoundPlan plan;

	private final CallLedger ledger;

	private final Supplier<StressClient> client;

	private final Random random;

	private final long firstId;

	private final Semaphore window = new Semaphore(WINDOW);

	private volatile boolean over;

	private volatile boolean ended;

	private volatile Operation current;

	StressCaller(RoundPlan plan, int number, CallLedger ledger, Supplier<StressClient> client) {
		this.plan = plan;
		this.ledger = ledger;
		this.client = client;
		this.random = new Random(plan.seed() + number);
		this.firstId = (number + 1L) << 32;
	}

	void stop() {
		this.over = true;
	}

	boolean isEnded() {
		return this.ended;
	}

	Operation current() {
		return this.current;
	}

	@Override
	public void run() {
		try {
			for (int i = 0; !this.over; i++) {
				call(Operation.choose(this.random, this.firstId + i, this.plan.disturbances()));
				// an interrupt is meant for one call
				Thread.interrupted();
			}
			acquire(WINDOW);
		}
		catch (Throwable ex) {
			this.ledger.fault("A caller has failed: " + ex + Arrays.toString(ex.getStackTrace()));
		}
		this.ended = true;
	}

	private void call(Operation operation) {
		this.current = operation;
		if (operation.kind() == Kind.ASYNC) {
			acquire(1);
			this.ledger.begun(operation);
			async(operation);
			return;
		}
		this.ledger.begun(operation);
		try {
			boolean complete = switch (operation.kind()) {
				case BLOCKING -> blocking(operation);
				case ONE_WAY -> oneWay(operation);
				case TYPED -> typed(operation);
				case DOWN -> down(operation);
				case DOWN_PUBLISHER -> downPublisher(operation);
				case UPLOAD -> upload(operation);
				case TWO_WAY -> twoWay(operation);
				case EXCHANGE -> exchange(operation);
				case RAW_EXCHANGE -> rawExchange(operation);
				case SESSION -> session(operation);
				case ASYNC -> throw new IllegalStateException();
			};
			this.ledger.ended(operation, complete ? Outcome.OK : Outcome.CANCELLED, null);
		}
		catch (Throwable ex) {
			failed(operation, ex);
		}
	}

	private void failed(Operation operation, Throwable failure) {
		Outcome outcome = CallLedger.outcome(failure);
		if (outcome == Outcome.FAILED && CallLedger.unwrap(failure) instanceof UdsRemoteException remote) {
			Status expected = (operation.behaviour() == Behaviour.STATUS) ? Status.OUT_OF_RANGE : Status.INTERNAL;
			outcome = (remote.getStatus() == expected) ? Outcome.FAILED : Outcome.WRONG;
		}
		this.ledger.ended(operation, outcome, failure);
	}

	// --- calls

	private RequestSpec spec(Operation operation, String route) {
		RequestSpec spec = this.client.get().calls.route(route);
		return (operation.timeout() != null) ? spec.timeout(operation.timeout()) : spec;
	}

	private boolean blocking(Operation operation) {
		byte[] payload = operation.payload();
		requireSame(payload, spec(operation, operation.route()).payload(payload).retrieve(byte[].class));
		return true;
	}

	private void async(Operation operation) {
		byte[] payload = operation.payload();
		CompletableFuture<byte[]> future;
		try {
			future = spec(operation, operation.route()).payload(payload).retrieveAsync(byte[].class);
		}
		catch (Throwable ex) {
			failed(operation, ex);
			this.window.release();
			return;
		}
		future.whenComplete((answer, failure) -> {
			if (failure != null) {
				failed(operation, failure);
			}
			else {
				boolean right = Arrays.equals(payload, answer);
				this.ledger.ended(operation, right ? Outcome.OK : Outcome.WRONG, null);
			}
			this.window.release();
		});
		cancel(operation, future);
	}

	private static void cancel(Operation operation, CompletableFuture<?> future) {
		if (operation.cancelAfter() >= 0) {
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(operation.cancelAfter()));
			future.cancel(true);
		}
	}

	private boolean oneWay(Operation operation) {
		spec(operation, "note").payload(operation.payload()).send();
		return true;
	}

	private boolean typed(Operation operation) throws Exception {
		byte[] payload = operation.payload();
		StressClient.Work work = this.client.get().typed;
		byte[] answer = switch (operation.route()) {
			case "later" -> await(work.later(payload, operation.timeout()));
			case "pool" -> work.pool(payload, operation.timeout());
			default -> work.inline(payload, operation.timeout());
		};
		requireSame(payload, answer);
		return true;
	}

	// --- streams

	private boolean down(Operation operation) {
		String route = isOdd(operation) ? "down" : "downPublished";
		try (Stream<byte[]> items = spec(operation, route).payload(operation.order()).stream(byte[].class)) {
			return take(operation, items);
		}
	}

	private static boolean isOdd(Operation operation) {
		return (operation.seed() & 1) != 0;
	}

	/** Return whether all was taken, and not as much as the caller wanted. */
	private static boolean take(Operation operation, Stream<byte[]> items) {
		int count = 0;
		for (Iterator<byte[]> i = items.iterator(); i.hasNext();) {
			requireSame(operation.item(count++), i.next());
			if (count == operation.cancelAfter()) {
				return false;
			}
		}
		require(count == operation.items(), "There were " + count + " items");
		return true;
	}

	private boolean downPublisher(Operation operation) throws Exception {
		String route = isOdd(operation) ? "down" : "downPublished";
		return subscribe(operation, spec(operation, route).payload(operation.order()).publisher(byte[].class));
	}

	private boolean subscribe(Operation operation, Flow.Publisher<byte[]> publisher) throws Exception {
		Subscriber subscriber = new Subscriber(operation, this.ledger);
		publisher.subscribe(subscriber);
		return await(subscriber.end);
	}

	private boolean upload(Operation operation) throws Exception {
		boolean early = operation.behaviour() == Behaviour.EARLY;
		boolean unread = operation.behaviour() == Behaviour.UNREAD;
		String route = (early || isOdd(operation)) ? "up" : "upPublished";
		RequestSpec spec = spec(operation, unread ? "upUnread" : route).header("call", Long.toHexString(operation.id()))
			.payloads(items(operation));
		byte[] answer;
		if (operation.cancelAfter() >= 0) {
			CompletableFuture<byte[]> future = spec.retrieveAsync(byte[].class);
			cancel(operation, future);
			answer = await(future);
		}
		else {
			answer = spec.retrieve(byte[].class);
		}
		ByteBuffer sums = ByteBuffer.wrap(answer);
		if (early || unread) {
			require(sums.getInt() == (early ? 1 : 0), "The answer is that of another handler");
			return true;
		}
		CRC32 sum = new CRC32();
		for (int i = 0; i < operation.items(); i++) {
			sum.update(operation.item(i));
		}
		require(sums.getInt() == operation.items() && sums.getLong() == sum.getValue(), "The sum is another one");
		return true;
	}

	private static Object items(Operation operation) {
		return ((operation.seed() & 2) != 0) ? IntStream.range(0, operation.items()).mapToObj(operation::item)
				: JdkFlowAdapter.publisherToFlowPublisher(Flux.range(0, operation.items()).map(operation::item));
	}

	private boolean twoWay(Operation operation) throws Exception {
		RequestSpec spec = spec(operation, isOdd(operation) ? "both" : "bothPublished").payloads(items(operation));
		if ((operation.seed() & 4) != 0) {
			return subscribe(operation, spec.publisher(byte[].class));
		}
		try (Stream<byte[]> items = spec.stream(byte[].class)) {
			return take(operation, items);
		}
	}

	// --- messages

	private boolean exchange(Operation operation) {
		String line = "ask " + Long.toHexString(operation.id()) + " "
				+ ((operation.behaviour() == Behaviour.SLEEP) ? operation.micros() : 0) + " " + text(operation);
		String answer = (operation.timeout() != null)
				? this.client.get().lines.exchange(line, String.class, operation.timeout())
				: this.client.get().lines.exchange(line, String.class);
		requireAnswer(answer, true);
		require(line.equals(answer), "The answer is to another line");
		return true;
	}

	private static String text(Operation operation) {
		return "x".repeat(operation.size() % 5000);
	}

	private boolean rawExchange(Operation operation) {
		byte[] payload = Arrays.copyOf(operation.payload(), Math.min(operation.size(), 1000));
		byte[] answer = (operation.timeout() != null)
				? this.client.get().raw.exchange(payload, byte[].class, operation.timeout())
				: this.client.get().raw.exchange(payload, byte[].class);
		requireSame(payload, answer);
		return true;
	}

	/** Both sides send at the same time, and both keep their order. */
	private boolean session(Operation operation) {
		String id = Long.toHexString(operation.id());
		int pushes = operation.items() + (int) (operation.seed() & 31);
		int lines = (int) (operation.seed() >>> 5 & 31);
		String text = text(operation);
		try (UdsSession session = this.client.get().lines.open()) {
			String begin = "begin " + id + " " + pushes;
			session.send(begin);
			for (int i = 0; i < lines; i++) {
				session.send("say " + id + " " + i + " " + text);
			}
			int pushed = 0;
			int said = -1;
			while (pushed < pushes || said < lines) {
				String line = session.receive(String.class);
				requireAnswer(line, said < 0 && pushed == 0);
				if (line.startsWith("push")) {
					require(line.equals("push " + id + " " + pushed++), "A push out of turn: " + line);
				}
				else {
					String expected = (said < 0) ? begin : "say " + id + " " + said + " " + text;
					require(line.equals(expected), "An answer out of turn: " + line);
					said++;
				}
			}
		}
		return true;
	}

	// --- outcomes

	/** A server that stops says so in a line. */
	private static void requireAnswer(String line, boolean first) {
		if (line.equals("ERR UNAVAILABLE The server takes no more messages")) {
			throw first ? new UdsUnavailableException(line, null, null, null)
					: new UdsConnectionLostException(line, null, null, null);
		}
		if (line.startsWith("ERR UNAVAILABLE")) {
			throw new UdsRemoteException(Status.UNAVAILABLE, line, null, null);
		}
	}

	private static void requireSame(byte[] expected, byte[] actual) {
		require(Arrays.equals(expected, actual), "What came is something else than "
				+ new String(Arrays.copyOf(expected, Operation.HEADER), StandardCharsets.ISO_8859_1));
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalStateException(message);
		}
	}

	private void acquire(int permits) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
		boolean acquired = false;
		while (!acquired) {
			long left = end - System.nanoTime();
			require(left > 0, "Asynchronous calls have no outcome");
			try {
				acquired = this.window.tryAcquire(permits, left, TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				// meant for a call
			}
		}
	}

	private static <T> T await(CompletableFuture<T> future) throws Exception {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
		while (true) {
			try {
				return future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				// meant for a blocking call
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof Exception cause) ? cause : ex;
			}
			catch (TimeoutException ex) {
				throw new IllegalStateException("There is no outcome after " + BOUND_SECONDS + " s", ex);
			}
		}
	}

	/** Takes items in lots, may cancel, and looks at the rules of reactive streams. */
	private static final class Subscriber implements Flow.Subscriber<byte[]> {

		private final Operation operation;

		private final CallLedger ledger;

		private final CompletableFuture<Boolean> end = new CompletableFuture<>();

		private final AtomicReference<Thread> inside = new AtomicReference<>();

		private int depth;

		private final int lot;

		private Flow.Subscription subscription;

		private volatile boolean over;

		private int count;

		private Subscriber(Operation operation, CallLedger ledger) {
			this.operation = operation;
			this.ledger = ledger;
			this.lot = switch ((int) (operation.seed() >>> 10 & 3)) {
				case 0 -> 1;
				case 1 -> 7;
				default -> Integer.MAX_VALUE;
			};
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			enter();
			this.subscription = subscription;
			subscription.request(this.lot);
			leave();
		}

		@Override
		public void onNext(byte[] item) {
			enter();
			if (!this.over) {
				if (!Arrays.equals(this.operation.item(this.count++), item)) {
					end("Item " + this.count + " is another one");
				}
				if (this.count == this.operation.cancelAfter()) {
					this.over = true;
					this.subscription.cancel();
					this.end.complete(false);
				}
				else if (this.count % this.lot == 0) {
					this.subscription.request(this.lot);
				}
			}
			leave();
		}

		@Override
		public void onError(Throwable failure) {
			enter();
			last("onError", failure);
			this.end.completeExceptionally(failure);
			leave();
		}

		@Override
		public void onComplete() {
			enter();
			last("onComplete", null);
			if (this.count != this.operation.items()) {
				end("There were " + this.count + " items");
			}
			this.end.complete(true);
			leave();
		}

		private void last(String signal, Throwable failure) {
			if (this.over) {
				this.ledger.fault(signal + " after the end or a cancellation: " + this.operation + ": " + failure);
			}
			this.over = true;
		}

		private void end(String fault) {
			this.over = true;
			this.end.completeExceptionally(new IllegalStateException(fault));
		}

		private void enter() {
			// a publisher may signal within request(), on the same thread
			Thread current = Thread.currentThread();
			Thread other = this.inside.get();
			if (other != current && !this.inside.compareAndSet(null, current)) {
				this.ledger.fault("Two signals at once: " + this.operation);
			}
			this.depth++;
		}

		private void leave() {
			if (--this.depth == 0) {
				this.inside.set(null);
			}
		}

	}

}
