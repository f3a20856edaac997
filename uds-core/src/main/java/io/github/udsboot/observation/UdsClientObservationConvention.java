package io.github.udsboot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of the calls of clients and says what is told with them.
 */
public interface UdsClientObservationConvention extends ObservationConvention<UdsClientObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof UdsClientObservationContext;
	}

}
