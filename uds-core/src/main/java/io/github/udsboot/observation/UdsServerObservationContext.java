package io.github.udsboot.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplyReceiverContext;

import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

/**
 * The context of an observed request on a listener. The carrier is the request, whose
 * metadata identify the origin of a trace; the response is set at the end.
 */
public class UdsServerObservationContext extends RequestReplyReceiverContext<UdsServerRequest, UdsServerResponse> {

	/**
	 * Create a context.
	 * @param request the request
	 */
	public UdsServerObservationContext(UdsServerRequest request) {
		super(UdsServerRequest::header, Kind.SERVER);
		setCarrier(request);
	}

}
