package io.github.udsboot.benchmark.peer.rsocket;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.channel.unix.DomainSocketAddress;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.messaging.rsocket.RSocketStrategies;
import org.springframework.messaging.rsocket.annotation.support.RSocketMessageHandler;
import org.springframework.util.MimeTypeUtils;
import reactor.core.publisher.Flux;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.ItemCount;
import io.github.udsboot.benchmark.peer.Peer;
import io.github.udsboot.benchmark.peer.RunningServer;

/**
 * Spring's RSocket: a message handler and a requester. Spring Boot's server has no
 * property for a Unix domain socket, so the parts are put together as it does.
 */
public final class RSocketPeer implements Peer {

	@Override
	public RunningServer serve(String address) {
		RSocketMessageHandler handler = new RSocketMessageHandler();
		handler.setRSocketStrategies(RSocketStrategies.create());
		handler.setHandlers(List.of(new EchoController()));
		handler.afterPropertiesSet();
		TcpServer server = TcpServer.create().bindAddress(() -> new DomainSocketAddress(address));
		CloseableChannel channel = RSocketServer.create(handler.responder())
			.payloadDecoder(PayloadDecoder.ZERO_COPY)
			.bindNow(TcpServerTransport.create(server));
		return new RunningServer(address, channel::dispose);
	}

	@Override
	public EchoClient connect(String address, int connections) {
		TcpClient client = TcpClient.create().remoteAddress(() -> new DomainSocketAddress(address));
		return new RequesterClient(RSocketRequester.builder()
			.rsocketStrategies(RSocketStrategies.create())
			.dataMimeType(MimeTypeUtils.APPLICATION_OCTET_STREAM)
			.transport(TcpClientTransport.create(client)));
	}

	private record RequesterClient(RSocketRequester requester) implements EchoClient {

		@Override
		public byte[] echo(byte[] payload) {
			return echoAsync(payload).join();
		}

		@Override
		public CompletableFuture<byte[]> echoAsync(byte[] payload) {
			return this.requester.route(EchoController.ECHO).data(payload).retrieveMono(byte[].class).toFuture();
		}

		@Override
		public void takeItems(byte[] item, ItemCount count) {
			this.requester.route(EchoController.SERVER_STREAM)
				.data(item)
				.retrieveFlux(byte[].class)
				.limitRate(EchoController.PREFETCH)
				.takeWhile(count::taken)
				.blockLast();
		}

		@Override
		public long sendItems(byte[] item, ItemCount count) {
			Flux<byte[]> items = Flux.generate((sink) -> {
				if (count.sends()) {
					sink.next(item);
				}
				else {
					sink.complete();
				}
			});
			String arrived = this.requester.route(EchoController.UPLOAD)
				.data(items, byte[].class)
				.retrieveFlux(String.class)
				.blockFirst();
			return (arrived != null) ? Long.parseLong(arrived) : 0;
		}

		@Override
		public void close() {
			this.requester.dispose();
		}

	}

}
