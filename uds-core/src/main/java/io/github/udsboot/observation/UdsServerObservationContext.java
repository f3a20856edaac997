package io.github.udsboot.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplyReceiverContext;

import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

/**
 * What is known of an observed request on a listener. The carrier is the request, whose
 * metadata tell where a trace came from; the response is there at the end.
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
