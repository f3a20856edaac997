package io.github.udsboot.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;

import io.github.udsboot.UdsSession;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.client.rpc.UnaryCalls;
import io.github.udsboot.client.session.Exchanges;
import io.github.udsboot.client.session.SessionConnections;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.WireProtocol;

/**
 * Calls over a Unix domain socket, the implementation of {@link UdsOperations}. Created
 * by Spring Boot, or by hand:
 *
 * <pre class="code">
 * try (UdsTemplate uds = UdsTemplate.builder().path("/run/orders/orders.sock").build()) {
 *     Order order = uds.request("orders.get", new OrderId(42), Order.class);
 * }
 * </pre>
 *
 * Thread-safe. Connects on the first call; {@link #close()} closes the connections.
 */
public final class UdsTemplate implements UdsOperations, AutoCloseable, DisposableBean {

	private final UdsConnectionFactory connectionFactory;

	/** Exactly one of the two is set, depending on the protocol. */
	private final @Nullable RpcClient rpc;

	private final @Nullable Exchanges exchanges;

	private final WireProtocol protocol;

	private final Duration timeout;

	UdsTemplate(SharedConnections connections, UnaryCalls calls, StreamCalls streams, PayloadConverter converter,
			Duration timeout) {
		this.connectionFactory = connections;
		this.rpc = new RpcClient(calls, streams, connections.getAddress(),
				new CallCodec(converter, connections.getAddress()), timeout);
		this.exchanges = null;
		this.protocol = connections.settings().protocol();
		this.timeout = timeout;
	}

	UdsTemplate(SessionConnections connections, Exchanges exchanges) {
		this.connectionFactory = connections;
		this.rpc = null;
		this.exchanges = exchanges;
		this.protocol = connections.settings().protocol();
		this.timeout = connections.settings().timeout();
	}

	/**
	 * Begin to build a template.
	 * @return the builder
	 */
	public static UdsTemplateBuilder builder() {
		return new UdsTemplateBuilder();
	}

	/**
	 * Return the factory of the template's connections.
	 * @return the connection factory
	 */
	public UdsConnectionFactory getConnectionFactory() {
		return this.connectionFactory;
	}

	@Override
	public <T> @Nullable T request(String route, @Nullable Object payload, Class<T> responseType) {
		return route(route).payload(payload).retrieve(responseType);
	}

	@Override
	public <T> @Nullable T request(String route, @Nullable Object payload, ParameterizedTypeReference<T> responseType) {
		return route(route).payload(payload).retrieve(responseType);
	}

	@Override
	public <T> CompletableFuture<T> requestAsync(String route, @Nullable Object payload, Class<T> responseType) {
		return route(route).payload(payload).retrieveAsync(responseType);
	}

	@Override
	public <T> CompletableFuture<T> requestAsync(String route, @Nullable Object payload,
			ParameterizedTypeReference<T> responseType) {
		return route(route).payload(payload).retrieveAsync(responseType);
	}

	@Override
	public <T> Stream<T> stream(String route, @Nullable Object payload, Class<T> itemType) {
		return route(route).payload(payload).stream(itemType);
	}

	@Override
	public <T> Stream<T> stream(String route, @Nullable Object payload, ParameterizedTypeReference<T> itemType) {
		return route(route).payload(payload).stream(itemType);
	}

	@Override
	public void send(String route, @Nullable Object payload) {
		route(route).payload(payload).send();
	}

	@Override
	public <T> T exchange(Object message, Class<T> responseType) {
		return exchange(message, responseType, this.timeout);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T exchange(Object message, Class<T> responseType, Duration timeout) {
		Assert.isTrue(Nanos.of(timeout) > 0, "The timeout must be more than zero");
		return (T) exchanges().exchange(message, responseType, timeout);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T exchange(Object message, ParameterizedTypeReference<T> responseType) {
		return (T) exchanges().exchange(message, responseType.getType(), this.timeout);
	}

	@Override
	public UdsSession open() {
		return exchanges().open();
	}

	private Exchanges exchanges() {
		if (this.exchanges == null) {
			throw new UnsupportedOperationException("exchange and open are for protocols without routes, such as "
					+ "'line' and 'raw', and " + describe() + ": call a route with request or send");
		}
		return this.exchanges;
	}

	private RpcClient rpc() {
		if (this.rpc == null) {
			throw new UnsupportedOperationException("request, send and route are for protocols of calls, such as "
					+ "'ttrpc', and " + describe() + ": use exchange or open");
		}
		return this.rpc;
	}

	private String describe() {
		return "the client '" + this.connectionFactory.stats().name() + "' of '" + this.connectionFactory.getAddress()
				+ "' speaks '" + this.protocol.name() + "'";
	}

	@Override
	public RequestSpec route(String route, Object... variables) {
		return new DefaultRequestSpec(rpc(), RouteTemplate.expand(route, variables), route);
	}

	/**
	 * Close the connections. Calls under way fail.
	 */
	@Override
	public void close() {
		if (this.rpc != null) {
			this.rpc.streams().close();
		}
		this.connectionFactory.close();
	}

	@Override
	public void destroy() {
		close();
	}

}
