package io.github.udsboot.observation;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

/**
 * Observes the requests of listeners. Everything that follows, including the handler,
 * runs in the scope of the observation, whose parent is that of the caller if the
 * metadata identify it.
 */
public final class ObservationServerInterceptor implements UdsServerInterceptor {

	private static final UdsServerObservationConvention DEFAULT = new DefaultUdsServerObservationConvention();

	/** The other ones are the caller's fault, by the conventions of OpenTelemetry. */
	private static final Set<Status> ERRORS = EnumSet.of(Status.UNKNOWN, Status.DEADLINE_EXCEEDED, Status.UNIMPLEMENTED,
			Status.INTERNAL, Status.UNAVAILABLE, Status.DATA_LOSS);

	private final ObservationRegistry registry;

	private final @Nullable UdsServerObservationConvention convention;

	/**
	 * Create an interceptor.
	 * @param registry takes the observations
	 * @param convention the convention, {@code null} for
	 * {@link DefaultUdsServerObservationConvention}
	 */
	public ObservationServerInterceptor(ObservationRegistry registry,
			@Nullable UdsServerObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
		if (this.registry.isNoop()) {
			return chain.proceed(request);
		}
		UdsServerObservationContext context = new UdsServerObservationContext(request);
		Observation observation = UdsObservationDocumentation.SERVER.start(this.convention, DEFAULT, () -> context,
				this.registry);
		// for the log lines of failures, on whatever thread they occur; handlers do not
		// see it
		UdsServerRequest observed = request.withAttribute("uds_observation", observation);
		CompletionStage<UdsServerResponse> stage = observation.scoped(() -> chain.proceed(observed));
		return stage.whenComplete((response, failure) -> stop(observation, context, response));
	}

	private static void stop(Observation observation, UdsServerObservationContext context, UdsServerResponse response) {
		context.setResponse(response);
		if (ERRORS.contains(response.status())) {
			observation.error(new UdsStatusException(response.status(), response.message()));
		}
		observation.stop();
	}

}
