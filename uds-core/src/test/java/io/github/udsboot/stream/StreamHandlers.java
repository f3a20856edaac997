package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;

/**
 * Handler methods that give and take streams, as an application has them; each is called
 * by its name.
 */
class StreamHandlers {

	final AtomicLong produced = new AtomicLong();

	final AtomicBoolean closed = new AtomicBoolean();

	final AtomicBoolean interrupted = new AtomicBoolean();

	final CountDownLatch blocked = new CountDownLatch(1);

	final AtomicLong taken = new AtomicLong();

	final AtomicLong waiting = new AtomicLong();

	final AtomicLong subscribed = new AtomicLong();

	final AtomicLong cancelled = new AtomicLong();

	final CompletableFuture<String> answer = new CompletableFuture<>();

	final AtomicReference<Throwable> failure = new AtomicReference<>();

	Stream<Integer> range(int count) {
		return IntStream.range(0, count).boxed();
	}

	Stream<Integer> closedBadly() {
		return Stream.of(1).onClose(() -> {
			throw new IllegalStateException("cannot be closed");
		});
	}

	/** Takes nothing until it may. */
	int gated(Stream<String> items) throws InterruptedException {
		this.blocked.await();
		return (int) items.count();
	}

	Iterable<String> words(String text) {
		return List.of(text.split(" "));
	}

	List<String> list(String text) {
		return List.of(text.split(" "));
	}

	Flow.Publisher<Integer> published(int count) {
		return (subscriber) -> {
			SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, 1024);
			publisher.subscribe(subscriber);
			Thread thread = new Thread(() -> {
				IntStream.range(0, count).forEach(publisher::submit);
				publisher.close();
			});
			thread.setDaemon(true);
			thread.start();
		};
	}

	String one(String text) {
		return text;
	}

	Stream<Long> endless() {
		return Stream.generate(this.produced::incrementAndGet).onClose(() -> this.closed.set(true));
	}

	/** Gives one item, and then waits for another that never comes. */
	Iterable<String> stuck() {
		return () -> new Iterator<>() {

			private boolean given;

			@Override
			public boolean hasNext() {
				return true;
			}

			@Override
			public String next() {
				if (!this.given) {
					this.given = true;
					return "the only one";
				}
				StreamHandlers.this.blocked.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					StreamHandlers.this.interrupted.set(true);
				}
				throw new IllegalStateException("Interrupted");
			}

		};
	}

	Stream<Integer> failing(int count) {
		return IntStream.range(0, count + 1).mapToObj((number) -> {
			if (number == count) {
				throw new UdsStatusException(Status.OUT_OF_RANGE, "only " + count);
			}
			return number;
		});
	}

	Stream<Integer> crashing() {
		return Stream.of(1, 2).map((number) -> {
			if (number == 2) {
				throw new IllegalStateException("a secret");
			}
			return number;
		});
	}

	long sum(Stream<Integer> numbers) {
		try {
			return numbers.peek((number) -> this.taken.incrementAndGet()).mapToLong(Integer::longValue).sum();
		}
		catch (RuntimeException ex) {
			this.failure.set(ex);
			throw ex;
		}
	}

	Flow.Publisher<Integer> publishedFailing() {
		return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

			@Override
			public void request(long count) {
				subscriber.onError(new UdsStatusException(Status.OUT_OF_RANGE, "only none"));
			}

			@Override
			public void cancel() {
				StreamHandlers.this.cancelled.incrementAndGet();
			}

		});
	}

	/** Answers when the test wants it to. */
	CompletionStage<String> later(Stream<Integer> numbers) {
		this.waiting.incrementAndGet();
		// others wait for it as well
		return this.answer.copy();
	}

	CompletionStage<String> pending(String text) {
		// others wait for it as well
		return this.answer.copy();
	}

	/** Has nothing to say, and no thread. */
	Flow.Publisher<Integer> silent() {
		return (subscriber) -> {
			subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long count) {
					// never
				}

				@Override
				public void cancel() {
					StreamHandlers.this.cancelled.incrementAndGet();
				}

			});
			this.subscribed.incrementAndGet();
		};
	}

	/** As {@link #silent()}, with a subscription that does not like to be cancelled. */
	Flow.Publisher<Integer> uncancellable() {
		return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

			@Override
			public void request(long count) {
				StreamHandlers.this.subscribed.incrementAndGet();
			}

			@Override
			public void cancel() {
				StreamHandlers.this.cancelled.incrementAndGet();
				throw new IllegalStateException("cannot be cancelled");
			}

		});
	}

	/** Large items without end. */
	Stream<byte[]> blocks(int size) {
		return Stream.generate(() -> {
			this.produced.incrementAndGet();
			return new byte[size];
		});
	}

	/** Looks at none of its items. */
	Stream<String> refusing(Stream<String> words) {
		return Stream.of("no");
	}

	/** As long as the test wants. */
	String neglecting(Stream<String> words) throws InterruptedException {
		this.blocked.await();
		return "at last";
	}

	/** Takes one, wants no more, and answers when the test wants it to. */
	CompletionStage<String> closing(Stream<String> words) {
		try (words) {
			this.taken.addAndGet(words.limit(1).count());
		}
		this.waiting.incrementAndGet();
		// others wait for it as well
		return this.answer.copy();
	}

	String first(Stream<String> words) {
		return words.findFirst().orElse("none");
	}

	/** Takes one word, closes the stream, and still has work to do. */
	String firstThenWork(Stream<String> words) throws InterruptedException {
		String first;
		try (words) {
			first = words.iterator().next();
		}
		this.closed.set(true);
		this.blocked.await();
		return first;
	}

	Stream<String> upper(Stream<String> words) {
		return words.map((word) -> word.toUpperCase(java.util.Locale.ROOT));
	}

	Flow.Publisher<String> mirror(Flow.Publisher<String> words) {
		return words;
	}

	Flux<Integer> flux(int count) {
		return Flux.range(0, count);
	}

	Mono<String> mono(String text) {
		return Mono.just(text + "!");
	}

	Mono<Long> count(Flux<Integer> numbers) {
		return numbers.count();
	}

}
