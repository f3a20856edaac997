package io.github.udsboot.observation;

import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplySenderContext;

import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * The context of an observed client call. The carrier takes the headers with which a
 * trace travels; the response is set at the end, unless the call failed.
 */
public class UdsClientObservationContext extends RequestReplySenderContext<Map<String, String>, UdsClientResponse> {

	private final UdsClientRequest request;

	/**
	 * Create a context.
	 * @param request the request, without the headers of the carrier
	 * @param carrier takes the headers
	 */
	public UdsClientObservationContext(UdsClientRequest request, Map<String, String> carrier) {
		super((headers, name, value) -> {
			if (headers != null) {
				headers.put(name, value);
			}
		}, request.oneWay() ? Kind.PRODUCER : Kind.CLIENT);
		this.request = request;
		setCarrier(carrier);
	}

	/**
	 * Return the request.
	 * @return the request, without the headers of the carrier
	 */
	public UdsClientRequest getRequest() {
		return this.request;
	}

}
