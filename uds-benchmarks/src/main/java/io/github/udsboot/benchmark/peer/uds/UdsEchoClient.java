package io.github.udsboot.benchmark.peer.uds;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.ItemCount;
import io.github.udsboot.client.UdsOperations;

/**
 * Calls with a template.
 */
final class UdsEchoClient implements EchoClient {

	private final UdsOperations uds;

	private final ConfigurableApplicationContext context;

	UdsEchoClient(UdsOperations uds, ConfigurableApplicationContext context) {
		this.uds = uds;
		this.context = context;
	}

	@Override
	public byte[] echo(byte[] payload) {
		return required(this.uds.request(EchoHandler.ECHO, payload, byte[].class));
	}

	@Override
	public byte[] echoSlowly(byte[] payload) {
		return required(this.uds.request(EchoHandler.ECHO_SLOWLY, payload, byte[].class));
	}

	@Override
	public CompletableFuture<byte[]> echoAsync(byte[] payload) {
		return this.uds.requestAsync(EchoHandler.ECHO, payload, byte[].class);
	}

	@Override
	public void takeItems(byte[] item, ItemCount count) {
		try (Stream<byte[]> items = this.uds.stream(EchoHandler.SERVER_STREAM, item, byte[].class)) {
			Iterator<byte[]> iterator = items.iterator();
			while (count.taken(iterator.next())) {
				// all is in the condition
			}
		}
	}

	@Override
	public long sendItems(byte[] item, ItemCount count) {
		Stream<byte[]> items = Stream.generate(() -> item).takeWhile((each) -> count.sends());
		Long arrived = this.uds.route(EchoHandler.UPLOAD).payloads(items).retrieve(Long.class);
		return (arrived != null) ? arrived : 0;
	}

	private static byte[] required(byte @Nullable [] answer) {
		if (answer == null) {
			throw new IllegalStateException("There was no answer");
		}
		return answer;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
