package io.github.udsboot.stream;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What needs Reactor. Not to be touched where that is absent.
 */
final class ReactorStreams {

	private ReactorStreams() {
	}

	static boolean isFlux(Class<?> type) {
		return type == Flux.class || type == Publisher.class;
	}

	static boolean isPublisher(Object items) {
		return items instanceof Publisher<?>;
	}

	static Flow.Publisher<?> toFlow(Object items) {
		return JdkFlowAdapter.publisherToFlowPublisher((Publisher<?>) items);
	}

	static @Nullable CompletionStage<?> toFuture(Object value) {
		return (value instanceof Mono<?> mono) ? mono.toFuture() : null;
	}

	static Object toFlux(Flow.Publisher<?> publisher) {
		return JdkFlowAdapter.flowPublisherToFlux(publisher);
	}

}
