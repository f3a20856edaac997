package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
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
	 * {@code Flow.Publisher}, and {@code Flux} if Reactor is there
	 */
	public static boolean isStream(Class<?> type) {
		return BaseStream.class.isAssignableFrom(type) || type == Iterable.class || type == Iterator.class
				|| Flow.Publisher.class.isAssignableFrom(type) || (REACTOR_PRESENT && ReactorStreams.isFlux(type));
	}

	/**
	 * Return whether the items that arrive can be had as a type.
	 * @param type the type, as declared
	 * @return {@code true} for {@code Stream}, {@code Flow.Publisher}, and {@code Flux}
	 * if Reactor is there
	 */
	public static boolean canBeTakenAs(Class<?> type) {
		return type == Stream.class || type == Flow.Publisher.class || (REACTOR_PRESENT && ReactorStreams.isFlux(type));
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
		if (REACTOR_PRESENT && ReactorStreams.isPublisher(items)) {
			return new PublisherSource(ReactorStreams.toFlow(items), conversion);
		}
		ItemSource source = IteratorSource.of(items, conversion);
		if (source == null) {
			throw new IllegalArgumentException(items.getClass().getName() + " is no stream of items: use a Stream, "
					+ "an Iterable, a Flow.Publisher or, with Reactor, a Flux");
		}
		return source;
	}

}
