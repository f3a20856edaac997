package io.github.udsboot.interop;

import java.util.List;

import io.github.udsboot.ProtobufDetails;
import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.interop.v1.Empty;
import io.github.udsboot.interop.v1.FailRequest;
import io.github.udsboot.interop.v1.GreetReply;

/**
 * Fails with two details, as the Go program does under the same name: the request, and a
 * greeting.
 */
class DetailsService {

	static final String FAIL = "udsboot.interop.v1.Details.Fail";

	static final GreetReply GREETING = GreetReply.newBuilder().setMessage("details").build();

	@UdsHandler(FAIL)
	Empty fail(FailRequest request) {
		throw new UdsStatusException(Status.fromCode(request.getCode()), request.getMessage(),
				List.of(ProtobufDetails.of(request), ProtobufDetails.of(GREETING)));
	}

}
