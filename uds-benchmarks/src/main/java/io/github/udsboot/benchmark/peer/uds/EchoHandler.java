package io.github.udsboot.benchmark.peer.uds;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.benchmark.load.Load;

/**
 * Answers with what was sent.
 */
class EchoHandler {

	static final String ECHO = "benchmark.echo";

	static final String ECHO_SLOWLY = "benchmark.echo-slowly";

	@UdsHandler(ECHO)
	byte[] echo(byte[] payload) {
		return payload;
	}

	@UdsHandler(ECHO_SLOWLY)
	byte[] echoSlowly(byte[] payload) throws InterruptedException {
		Thread.sleep(Load.SLOW_CALL.toMillis());
		return payload;
	}

}
