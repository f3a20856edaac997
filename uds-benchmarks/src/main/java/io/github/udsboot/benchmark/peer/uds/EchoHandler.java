package io.github.udsboot.benchmark.peer.uds;

import java.util.stream.Stream;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.benchmark.load.Load;

/**
 * Answers with what was sent, once or without end, or says how much that was.
 */
class EchoHandler {

	static final String ECHO = "benchmark.echo";

	static final String ECHO_SLOWLY = "benchmark.echo-slowly";

	static final String SERVER_STREAM = "benchmark.server-stream";

	static final String UPLOAD = "benchmark.upload";

	@UdsHandler(ECHO)
	byte[] echo(byte[] payload) {
		return payload;
	}

	@UdsHandler(SERVER_STREAM)
	Stream<byte[]> repeat(byte[] item) {
		return Stream.generate(() -> item);
	}

	@UdsHandler(UPLOAD)
	long count(Stream<byte[]> items) {
		return items.count();
	}

	@UdsHandler(ECHO_SLOWLY)
	byte[] echoSlowly(byte[] payload) throws InterruptedException {
		Thread.sleep(Load.SLOW_CALL.toMillis());
		return payload;
	}

}
