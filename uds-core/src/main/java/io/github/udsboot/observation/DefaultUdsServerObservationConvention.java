package io.github.udsboot.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.observation.UdsObservationDocumentation.ServerHighCardinalityKeys;
import io.github.udsboot.observation.UdsObservationDocumentation.ServerKeys;

/**
 * The default convention for the observations of requests on listeners, under the name
 * {@value #NAME}.
 */
public class DefaultUdsServerObservationConvention implements UdsServerObservationConvention {

	/** The name of the observations. */
	public static final String NAME = "uds.server";

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(UdsServerObservationContext context) {
		UdsServerRequest request = context.getCarrier();
		return CallKeyValues.contextualName(NAME, (request != null) ? request.routeTemplate() : "");
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(UdsServerObservationContext context) {
		UdsServerRequest request = context.getCarrier();
		UdsServerResponse response = context.getResponse();
		return CallKeyValues
			.of((request != null) ? request.routeTemplate() : "", (response != null) ? response.status() : null)
			.and(ServerKeys.LISTENER.withValue((request != null) ? request.listener() : KeyValue.NONE_VALUE));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(UdsServerObservationContext context) {
		UdsServerRequest request = context.getCarrier();
		return (request != null) ? describe(request.peer()) : KeyValues.empty();
	}

	private static KeyValues describe(PeerCredentials peer) {
		return KeyValues.of(ServerHighCardinalityKeys.PEER_UID.withValue(text(peer.uid())),
				ServerHighCardinalityKeys.PEER_PID.withValue(text(peer.pid())));
	}

	private static String text(@Nullable Long id) {
		return (id != null) ? id.toString() : KeyValue.NONE_VALUE;
	}

}
