package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.util.ClassUtils;

/**
 * Knows the kinds of streams that an application may give or ask for.
 */
public final class ItemSources {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ItemSources.class.getClassLoader());

	private ItemSources() {
	}

	/**
	 * Return whether a type stands for a stream of items. A {@code Collection} does not,
	 * as it is one value, an array in JSON.
	 * @param type the type, as declared
	 * @return {@code true} for {@code Stream}, {@code Iterable}, {@code Iterator},
	 * {@code Flow.Publisher}, and if Reactor is there {@code Flux} and the types with
	 * many values that Spring adapts to it, such as Kotlin's {@code Flow}
	 */
	public static boolean isStream(Class<?> type) {
		return BaseStream.class.isAssignableFrom(type) || type == Iterable.class
				|| Iterator.class.isAssignableFrom(type) || Flow.Publisher.class.isAssignableFrom(type)
				|| (REACTOR_PRESENT && ReactorStreams.isMany(type));
	}

	/**
	 * Return whether the items that arrive can be had as a type.
	 * @param type the type, as declared
	 * @return {@code true} for {@code Stream}, {@code Flow.Publisher}, and if Reactor is
	 * there {@code Flux} and the types with many values that Spring adapts to it
	 */
	public static boolean canBeTakenAs(Class<?> type) {
		return type == Stream.class || type == Flow.Publisher.class
				|| (REACTOR_PRESENT && ReactorStreams.canBeTakenAs(type));
	}

	/**
	 * Return what adapts a type with one value.
	 * @param type the type, as declared
	 * @return the adapter of a {@code Mono} and of what Spring adapts to it, such as
	 * Kotlin's {@code Deferred}; {@code null} for any other type, and for stages
	 */
	public static @Nullable ReactiveAdapter singleValueAdapter(Class<?> type) {
		return (REACTOR_PRESENT && !CompletionStage.class.isAssignableFrom(type)) ? ReactorStreams.singleAdapter(type)
				: null;
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
	 * @param items the stream, of a type that {@link #isStream} knows, or any
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
