package io.github.udsboot.stream;

import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Which types stand for a stream of items: the rule for what handler methods return and
 * take, and for the methods of typed clients, so that the two sides of a contract agree.
 * Immutable apart from the registry.
 */
public final class StreamTypes {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			StreamTypes.class.getClassLoader());

	private static final StreamTypes SHARED = new StreamTypes(ReactiveAdapterRegistry.getSharedInstance());

	private final ReactiveAdapterRegistry reactiveTypes;

	/**
	 * Create an instance.
	 * @param reactiveTypes the reactive types that are known beside the JDK's
	 */
	public StreamTypes(ReactiveAdapterRegistry reactiveTypes) {
		this.reactiveTypes = reactiveTypes;
	}

	/**
	 * Return the types over Spring's shared registry, which handlers use.
	 * @return the types
	 */
	public static StreamTypes shared() {
		return SHARED;
	}

	/**
	 * Return whether a value of a type is sent item by item. A {@code Collection} is one
	 * value, an array in JSON.
	 * @param type the type, as declared
	 * @return {@code true} for {@code Stream} and other {@code BaseStream}s,
	 * {@code Iterable} itself, {@code Iterator}, {@code Flow.Publisher}, and the types
	 * with many values that the registry adapts, such as {@code Flux}, RxJava's
	 * {@code Flowable} and Kotlin's {@code Flow}
	 */
	public boolean isStream(Class<?> type) {
		if (BaseStream.class.isAssignableFrom(type) || type == Iterable.class || Iterator.class.isAssignableFrom(type)
				|| Flow.Publisher.class.isAssignableFrom(type)) {
			return true;
		}
		ReactiveAdapter adapter = this.reactiveTypes.getAdapter(type);
		return adapter != null && adapter.isMultiValue();
	}

	/**
	 * Return whether items that arrive can be taken as a type.
	 * @param type the type, as declared
	 * @return {@code true} for {@code Stream}, {@code Flow.Publisher}, and with Reactor
	 * on the class path for the very types with many values that the registry adapts
	 */
	public boolean canBeTakenAs(Class<?> type) {
		if (type == Stream.class || type == Flow.Publisher.class) {
			return true;
		}
		ReactiveAdapter adapter = REACTOR_PRESENT ? this.reactiveTypes.getAdapter(type) : null;
		// what is made of a publisher is of the very type that the adapter is for
		return adapter != null && adapter.isMultiValue() && adapter.getReactiveType() == type;
	}

	/**
	 * Return whether values of a type may be subscribed to with a context of Reactor's.
	 * @param type the type, as declared
	 * @return {@code true} for the types that the registry adapts, with one value or
	 * many, apart from stages; {@code false} without Reactor on the class path
	 */
	public boolean isReactive(Class<?> type) {
		return REACTOR_PRESENT && !CompletionStage.class.isAssignableFrom(type)
				&& this.reactiveTypes.getAdapter(type) != null;
	}

	/**
	 * Return the adapter of a type with one value.
	 * @param type the type, as declared
	 * @return the adapter of a {@code Mono} and of types that the registry adapts to it,
	 * such as Kotlin's {@code Deferred}; {@code null} for any other type, for stages, and
	 * without Reactor on the class path
	 */
	public @Nullable ReactiveAdapter singleValueAdapter(Class<?> type) {
		if (!REACTOR_PRESENT || CompletionStage.class.isAssignableFrom(type)) {
			return null;
		}
		ReactiveAdapter adapter = this.reactiveTypes.getAdapter(type);
		return (adapter != null && !adapter.isMultiValue()) ? adapter : null;
	}

}
