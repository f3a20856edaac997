package io.github.udsboot.readme;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.messaging.handler.annotation.MessageExceptionHandler;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandlerAdvice;

/* Shown in the README. */
@UdsHandlerAdvice
class OrderErrors {

	@MessageExceptionHandler
	void soldOut(SoldOutException ex) {
		throw new UdsStatusException(Status.FAILED_PRECONDITION, "sold out",
				List.of(new StatusDetail("acme.com/next-delivery", ex.delivery().getBytes(StandardCharsets.UTF_8))));
	}

}
