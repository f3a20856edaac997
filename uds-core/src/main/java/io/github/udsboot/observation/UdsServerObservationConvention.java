package io.github.udsboot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of requests on listeners and provides their key values.
 */
public interface UdsServerObservationConvention extends ObservationConvention<UdsServerObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof UdsServerObservationContext;
	}

}
