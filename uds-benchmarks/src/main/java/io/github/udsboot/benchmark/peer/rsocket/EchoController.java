package io.github.udsboot.benchmark.peer.rsocket;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.concurrent.Queues;

/**
 * Answers with what was sent, once or without end, or says how much that was.
 */
class EchoController {

	static final String ECHO = "benchmark.echo";

	static final String SERVER_STREAM = "benchmark.server-stream";

	static final String UPLOAD = "benchmark.upload";

	/** How many items are asked for at once, Reactor's default where streams meet. */
	static final int PREFETCH = Queues.SMALL_BUFFER_SIZE;

	@MessageMapping(ECHO)
	byte[] echo(@Payload byte[] payload) {
		return payload;
	}

	@MessageMapping(SERVER_STREAM)
	Flux<byte[]> repeat(@Payload byte[] item) {
		return Flux.generate((sink) -> sink.next(item));
	}

	@MessageMapping(UPLOAD)
	Mono<String> count(@Payload Flux<byte[]> items) {
		return items.limitRate(PREFETCH).count().map(String::valueOf);
	}

}
