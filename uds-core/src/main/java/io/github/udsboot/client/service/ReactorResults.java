package io.github.udsboot.client.service;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ReactiveAdapter;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.guard.ForeignText;

/**
 * Results of reactive types; must be loaded only if Reactor is present.
 */
final class ReactorResults {

	private ReactorResults() {
	}

	/** Each subscription makes a call; cancelling the subscription cancels the call. */
	static ResultAdapter single(ReactiveAdapter type, ParameterizedTypeReference<?> valueType, String route) {
		return (request) -> adapt(type, mono(request, valueType), route);
	}

	/** Each subscription makes a call; cancelling the subscription stops the server. */
	static ResultAdapter many(ReactiveAdapter type, ParameterizedTypeReference<?> itemType, String route) {
		return (request) -> adapt(type, flux(request, itemType), route);
	}

	/** The adapter may be anything that the application has registered. */
	private static Object adapt(ReactiveAdapter type, Publisher<?> result, String route) {
		Object adapted;
		try {
			adapted = type.fromPublisher(result);
		}
		catch (RuntimeException | Error ex) {
			throw failed(type, ForeignText.of(ex), route, ex);
		}
		if (adapted == null) {
			throw failed(type, "its adapter gives null", route, null);
		}
		return adapted;
	}

	private static UdsConversionException failed(ReactiveAdapter type, String problem, String route,
			@Nullable Throwable cause) {
		return new UdsConversionException(Status.INTERNAL,
				"The result cannot be returned as " + type.getReactiveType().getName() + ": " + problem, route, null,
				cause);
	}

	private static <T> Flux<T> flux(Supplier<RequestSpec> request, ParameterizedTypeReference<T> itemType) {
		return Flux.defer(() -> JdkFlowAdapter.flowPublisherToFlux(request.get().publisher(itemType)));
	}

	private static <T> Mono<T> mono(Supplier<RequestSpec> request, ParameterizedTypeReference<T> valueType) {
		return Mono.fromFuture(() -> request.get().retrieveAsync(valueType));
	}

}
