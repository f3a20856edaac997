package io.github.udsboot.client.service;

import java.util.function.Supplier;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ReactiveAdapter;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.client.UdsOperations.RequestSpec;

/**
 * Results of reactive types; to be touched only if Reactor is present.
 */
final class ReactorResults {

	private ReactorResults() {
	}

	/** Each subscription makes a call, and one that is cancelled cancels it. */
	static ResultAdapter single(ReactiveAdapter type, ParameterizedTypeReference<?> valueType) {
		return (request) -> type.fromPublisher(mono(request, valueType));
	}

	/** Each subscription makes a call, and one that is cancelled stops the server. */
	static ResultAdapter many(ReactiveAdapter type, ParameterizedTypeReference<?> itemType) {
		return (request) -> type.fromPublisher(flux(request, itemType));
	}

	private static <T> Flux<T> flux(Supplier<RequestSpec> request, ParameterizedTypeReference<T> itemType) {
		return Flux.defer(() -> JdkFlowAdapter.flowPublisherToFlux(request.get().publisher(itemType)));
	}

	private static <T> Mono<T> mono(Supplier<RequestSpec> request, ParameterizedTypeReference<T> valueType) {
		return Mono.fromFuture(() -> request.get().retrieveAsync(valueType));
	}

}
