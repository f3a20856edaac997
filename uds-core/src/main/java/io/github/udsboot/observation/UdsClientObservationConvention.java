package io.github.udsboot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of client calls and provides their key values.
 */
public interface UdsClientObservationConvention extends ObservationConvention<UdsClientObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof UdsClientObservationContext;
	}

}
