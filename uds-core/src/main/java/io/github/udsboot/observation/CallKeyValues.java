package io.github.udsboot.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.observation.UdsObservationDocumentation.LowCardinalityKeys;

/**
 * The key values of calls that both sides have in common.
 */
final class CallKeyValues {

	private static final KeyValue UNIX = LowCardinalityKeys.NETWORK_TRANSPORT.withValue("unix");

	private static final KeyValue UDS = LowCardinalityKeys.RPC_SYSTEM.withValue("uds");

	private CallKeyValues() {
	}

	static KeyValues of(String routeTemplate, @Nullable Status status) {
		return KeyValues.of(UNIX, UDS,
				LowCardinalityKeys.RPC_METHOD.withValue(routeTemplate.isEmpty() ? KeyValue.NONE_VALUE : routeTemplate),
				LowCardinalityKeys.STATUS.withValue((status != null) ? status.name() : KeyValue.NONE_VALUE));
	}

	static String contextualName(String name, String routeTemplate) {
		return routeTemplate.isEmpty() ? name : routeTemplate;
	}

}
