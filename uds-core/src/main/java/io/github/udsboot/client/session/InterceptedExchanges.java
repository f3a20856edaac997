package io.github.udsboot.client.session;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.udsboot.UdsSession;
import io.github.udsboot.client.call.CallbackExecutor;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.session.SessionCodec;

/**
 * Makes exchanges with the interceptors of a client around them. Sessions are opened
 * without them.
 */
public final class InterceptedExchanges implements Exchanges {

	private final ExchangeExecutor exchanges;

	private final SessionCodec codec;

	private final ClientInterceptorChain interceptors;

	public InterceptedExchanges(ExchangeExecutor exchanges, SessionCodec codec, ClientInterceptorChain interceptors) {
		this.exchanges = exchanges;
		this.codec = codec;
		this.interceptors = interceptors;
	}

	@Override
	public Object exchange(Object message, Type type, Duration timeout) {
		long startedAt = System.nanoTime();
		UdsClientRequest request = new UdsClientRequest(this.interceptors.client(), "", "",
				this.codec.toPayload(message), Map.of(), timeout, false, false);
		UdsClientResponse response = this.interceptors.await(request, startedAt,
				(last) -> CompletableFuture.completedFuture(exchange(last, startedAt)),
				(last) -> CallbackExecutor.supply(() -> exchange(last, startedAt)));
		return this.codec.fromPayload(response.payload(), type);
	}

	private UdsClientResponse exchange(UdsClientRequest last, long startedAt) {
		long left = startedAt + Nanos.of(last.timeout()) - System.nanoTime();
		return new UdsClientResponse(
				(byte[]) this.exchanges.exchange(last.payload(), byte[].class, Duration.ofNanos(Math.max(1, left))));
	}

	@Override
	public UdsSession open() {
		return this.exchanges.open();
	}

}
