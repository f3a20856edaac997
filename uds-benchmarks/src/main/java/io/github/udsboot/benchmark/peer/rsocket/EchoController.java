package io.github.udsboot.benchmark.peer.rsocket;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;

/**
 * Answers with what was sent.
 */
class EchoController {

	static final String ECHO = "benchmark.echo";

	@MessageMapping(ECHO)
	byte[] echo(@Payload byte[] payload) {
		return payload;
	}

}
