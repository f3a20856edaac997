package io.github.udsboot.observation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * Observes the calls of clients; calls that stream are observed until they end. The
 * trace, if there is one, travels in the headers.
 */
public final class ObservationClientInterceptor implements UdsClientInterceptor {

	private static final UdsClientObservationConvention DEFAULT = new DefaultUdsClientObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable UdsClientObservationConvention convention;

	/**
	 * Create an interceptor.
	 * @param registry takes the observations
	 * @param convention the convention, {@code null} for
	 * {@link DefaultUdsClientObservationConvention}
	 */
	public ObservationClientInterceptor(ObservationRegistry registry,
			@Nullable UdsClientObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public CompletionStage<UdsClientResponse> intercept(UdsClientRequest request, Chain chain) {
		if (this.registry.isNoop()) {
			return chain.proceed(request);
		}
		Map<String, String> headers = new LinkedHashMap<>();
		UdsClientObservationContext context = new UdsClientObservationContext(request, headers);
		Observation observation = UdsObservationDocumentation.CLIENT.start(this.convention, DEFAULT, () -> context,
				this.registry);
		UdsClientRequest traced = withHeaders(request, headers);
		CompletionStage<UdsClientResponse> stage = observation.scoped(() -> chain.proceed(traced));
		return stage.whenComplete((response, failure) -> {
			if (failure != null) {
				observation.error(failure);
			}
			else {
				context.setResponse(response);
			}
			observation.stop();
		});
	}

	private static UdsClientRequest withHeaders(UdsClientRequest request, Map<String, String> headers) {
		UdsClientRequest changed = request;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			changed = changed.withHeader(header.getKey(), header.getValue());
		}
		return changed;
	}

}
