package io.github.udsboot.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.udsboot.guard.SureExecutor;

/**
 * The items that the other side of a call sends, to be taken once, in one of the forms
 * that an application may ask for.
 */
public final class ItemInput {

	private final ItemInbox inbox;

	private final Executor executor;

	private final Supplier<? extends RuntimeException> interrupted;

	/**
	 * Create an input.
	 * @param inbox where the items arrive
	 * @param executor calls subscribers
	 * @param interrupted makes what a thread gets that is interrupted while it waits
	 */
	public ItemInput(ItemInbox inbox, Executor executor, Supplier<? extends RuntimeException> interrupted) {
		this.inbox = inbox;
		this.executor = executor;
		this.interrupted = interrupted;
	}

	/**
	 * Return the items for a thread that waits for them.
	 * @param <T> the type of the items
	 * @param conversion turns a payload into an item
	 * @return a stream; closing it says that no more are wanted
	 */
	public <T> Stream<T> stream(Function<byte[], T> conversion) {
		return InboxIterator.stream(this.inbox, conversion, this.interrupted);
	}

	/**
	 * Return the items for a subscriber.
	 * @param <T> the type of the items
	 * @param conversion turns a payload into an item
	 * @return a publisher, for one subscriber
	 */
	public <T> Flow.Publisher<T> publisher(Function<byte[], T> conversion) {
		return new InboxPublisher<>(this.inbox, conversion, SureExecutor.of(this.executor));
	}

	/**
	 * Return the items in the form that an application asks for.
	 * @param type a type that {@link StreamTypes#canBeTakenAs} knows
	 * @param conversion turns a payload into an item
	 * @return the stream or publisher
	 */
	public Object as(Class<?> type, Function<byte[], Object> conversion) {
		if (type == Stream.class) {
			return stream(conversion);
		}
		Flow.Publisher<Object> publisher = publisher(conversion);
		return (type == Flow.Publisher.class) ? publisher : ReactorStreams.fromFlow(publisher, type);
	}

	/** Take no more. */
	public void cancel() {
		this.inbox.cancel();
	}

}
