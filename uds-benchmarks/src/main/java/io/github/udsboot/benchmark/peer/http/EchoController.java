package io.github.udsboot.benchmark.peer.http;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with what was sent.
 */
@RestController
class EchoController {

	static final String ECHO = "/benchmark/echo";

	@PostMapping(ECHO)
	byte[] echo(@RequestBody byte[] payload) {
		return payload;
	}

}
