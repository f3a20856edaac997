package io.github.udsboot.observation;

import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.observation.UdsObservationDocumentation.ClientKeys;

/**
 * The default convention for the observations of client calls, under the name
 * {@value #NAME}.
 */
public class DefaultUdsClientObservationConvention implements UdsClientObservationConvention {

	/** The name of the observations. */
	public static final String NAME = "uds.client";

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(UdsClientObservationContext context) {
		return CallKeyValues.contextualName(NAME, context.getRequest().routeTemplate());
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(UdsClientObservationContext context) {
		return CallKeyValues.of(context.getRequest().routeTemplate(), status(context))
			.and(ClientKeys.CLIENT.withValue(context.getRequest().client()));
	}

	private static @Nullable Status status(UdsClientObservationContext context) {
		if (context.getResponse() != null) {
			return Status.OK;
		}
		if (context.getError() == null) {
			return null;
		}
		return (context.getError() instanceof UdsException failure) ? failure.getStatus() : Status.INTERNAL;
	}

}
