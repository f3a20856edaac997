package io.github.udsboot.stream;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What needs Reactor, and what Spring adapts to it: the types of RxJava, Mutiny and
 * Kotlin's coroutines. Not to be touched where Reactor is absent.
 */
final class ReactorStreams {

	private static final ReactiveAdapterRegistry TYPES = ReactiveAdapterRegistry.getSharedInstance();

	private ReactorStreams() {
	}

	static Flow.@Nullable Publisher<?> toFlow(Object items) {
		if (items instanceof Publisher<?> publisher) {
			return JdkFlowAdapter.publisherToFlowPublisher(publisher);
		}
		ReactiveAdapter adapter = TYPES.getAdapter(null, items);
		return (adapter != null && adapter.isMultiValue())
				? JdkFlowAdapter.publisherToFlowPublisher(adapter.toPublisher(items)) : null;
	}

	static @Nullable CompletionStage<?> toFuture(Object value) {
		return (value instanceof Mono<?> mono) ? mono.toFuture() : null;
	}

	static CompletionStage<?> toFuture(Object value, ReactiveAdapter adapter) {
		return Mono.from(adapter.toPublisher(value)).toFuture();
	}

	static Object fromFlow(Flow.Publisher<?> publisher, Class<?> type) {
		Flux<?> flux = JdkFlowAdapter.flowPublisherToFlux(publisher);
		ReactiveAdapter adapter = TYPES.getAdapter(type);
		return (adapter != null) ? adapter.fromPublisher(flux) : flux;
	}

}
