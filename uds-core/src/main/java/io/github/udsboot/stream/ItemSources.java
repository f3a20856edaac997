package io.github.udsboot.stream;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.util.ClassUtils;

/**
 * Makes sources of the streams that an application gives, and stages of its values that
 * come later; {@link StreamTypes} says which types are streams.
 */
public final class ItemSources {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ItemSources.class.getClassLoader());

	private ItemSources() {
	}

	/**
	 * Return the stage of a value that comes later.
	 * @param value what an application gave
	 * @param adapter the adapter of its type
	 * @return the stage; cancelling it cancels what computes the value
	 */
	public static CompletionStage<?> toFuture(Object value, ReactiveAdapter adapter) {
		return ReactorStreams.toFuture(value, adapter);
	}

	/**
	 * Return the stage of a value that comes later.
	 * @param value what an application gave
	 * @return the stage of a {@code Mono}, or {@code null} if it is something else
	 */
	public static @Nullable CompletionStage<?> toFuture(@Nullable Object value) {
		return (REACTOR_PRESENT && value != null) ? ReactorStreams.toFuture(value) : null;
	}

	/**
	 * Return the source of a stream that an application gave.
	 * @param items the stream, of a type that {@link StreamTypes#isStream} knows, or any
	 * {@code Iterable}
	 * @param conversion turns an item into its payload
	 * @return the source
	 * @throws IllegalArgumentException if it is no stream
	 */
	public static ItemSource of(Object items, Function<Object, byte[]> conversion) {
		if (items instanceof Flow.Publisher<?> publisher) {
			return new PublisherSource(publisher, conversion);
		}
		ItemSource source = IteratorSource.of(items, conversion);
		if (source == null && REACTOR_PRESENT) {
			Flow.Publisher<?> publisher = ReactorStreams.toFlow(items);
			source = (publisher != null) ? new PublisherSource(publisher, conversion) : null;
		}
		if (source == null) {
			throw new IllegalArgumentException(items.getClass().getName() + " is no stream of items: use a Stream, "
					+ "an Iterable, a Flow.Publisher or, with Reactor, a Flux");
		}
		return source;
	}

}
