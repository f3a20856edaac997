package io.github.udsboot.client;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.client.call.CallDeadlines;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.client.rpc.UnaryCalls;
import io.github.udsboot.client.session.Exchanges;
import io.github.udsboot.client.session.SessionConnections;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.converter.ConversionProblem;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.LogThrottle;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.stream.FailedPublisher;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.ItemSources;

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

	private static final Log logger = GuardedLog.of(UdsTemplate.class);

	/** Shared by all clients, as a server that is away fails them all. */
	private static final LogThrottle oneWayFailures = new LogThrottle();

	private final UdsConnectionFactory connectionFactory;

	/** Either this or the next field is set, depending on the protocol. */
	private final @Nullable UnaryCalls calls;

	private final @Nullable Exchanges exchanges;

	private final WireProtocol protocol;

	private final PayloadConverter converter;

	private final Duration timeout;

	private final @Nullable StreamCalls streams;

	UdsTemplate(SharedConnections connections, UnaryCalls calls, StreamCalls streams, PayloadConverter converter,
			Duration timeout) {
		this.connectionFactory = connections;
		this.calls = calls;
		this.streams = streams;
		this.exchanges = null;
		this.protocol = connections.settings().protocol();
		this.converter = converter;
		this.timeout = timeout;
	}

	UdsTemplate(SessionConnections connections, Exchanges exchanges, PayloadConverter converter) {
		this.connectionFactory = connections;
		this.calls = null;
		this.streams = null;
		this.exchanges = exchanges;
		this.protocol = connections.settings().protocol();
		this.converter = converter;
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
		Assert.isTrue(Nanos.of(timeout) > 0, "The time-out must be more than zero");
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

	private UnaryCalls calls() {
		if (this.calls == null) {
			throw new UnsupportedOperationException("request, send and route are for protocols of calls, such as "
					+ "'ttrpc', and " + describe() + ": use exchange or open");
		}
		return this.calls;
	}

	private StreamCalls streams() {
		calls();
		return Objects.requireNonNull(this.streams, "What has calls has streams");
	}

	private String describe() {
		return "the client '" + this.connectionFactory.stats().name() + "' of '" + this.connectionFactory.getAddress()
				+ "' speaks '" + this.protocol.name() + "'";
	}

	@Override
	public RequestSpec route(String route, Object... variables) {
		calls();
		return new DefaultRequestSpec(RouteTemplate.expand(route, variables), route);
	}

	/**
	 * Close the connections. Calls under way fail.
	 */
	@Override
	public void close() {
		if (this.streams != null) {
			this.streams.close();
		}
		this.connectionFactory.close();
	}

	@Override
	public void destroy() {
		close();
	}

	private final class DefaultRequestSpec implements RequestSpec {

		private final String route;

		private final String template;

		/**
		 * The timeout, {@code null} unless set, as calls and streams have different
		 * defaults.
		 */
		private @Nullable Duration timeout;

		private @Nullable Object items;

		private @Nullable Object payload;

		private Map<String, List<String>> metadata = Map.of();

		private DefaultRequestSpec(String route, String template) {
			this.route = route;
			this.template = template;
		}

		@Override
		public RequestSpec header(String name, String value) {
			if (this.metadata.isEmpty()) {
				this.metadata = new LinkedHashMap<>();
			}
			this.metadata.computeIfAbsent(name.toLowerCase(Locale.ROOT), (key) -> new ArrayList<>()).add(value);
			return this;
		}

		@Override
		public RequestSpec timeout(Duration timeout) {
			Assert.isTrue(Nanos.of(timeout) > 0, "The time-out must be more than zero");
			this.timeout = timeout;
			return this;
		}

		@Override
		public RequestSpec payload(@Nullable Object payload) {
			this.payload = payload;
			return this;
		}

		@Override
		public RequestSpec payloads(Object items) {
			Assert.notNull(items, "The items must not be null");
			this.items = items;
			return this;
		}

		@Override
		public <T> Stream<T> stream(Class<T> itemType) {
			return begin(true).stream(new ReceivedItems<>(itemType));
		}

		@Override
		public <T> Stream<T> stream(ParameterizedTypeReference<T> itemType) {
			return begin(true).stream(new ReceivedItems<>(itemType.getType()));
		}

		@Override
		public <T> Flow.Publisher<T> publisher(Class<T> itemType) {
			return publisher((Type) itemType);
		}

		@Override
		public <T> Flow.Publisher<T> publisher(ParameterizedTypeReference<T> itemType) {
			return publisher(itemType.getType());
		}

		private <T> Flow.Publisher<T> publisher(Type itemType) {
			// a call begins with each subscription
			return (subscriber) -> {
				Objects.requireNonNull(subscriber, "The subscriber must not be null");
				Flow.Publisher<T> publisher;
				try {
					publisher = begin(false).publisher(new ReceivedItems<>(itemType));
				}
				catch (Throwable ex) {
					publisher = FailedPublisher.of(ex);
				}
				publisher.subscribe(subscriber);
			};
		}

		private ItemInput begin(boolean mayWait) {
			StreamCalls streams = UdsTemplate.this.streams();
			StreamRequest stream = prepareStream();
			return mayWait ? streams.begin(stream.request(), stream.payload(), stream.items())
					: streams.beginAsync(stream.request(), stream.payload(), stream.items());
		}

		/**
		 * Prepare a stream. A call that cannot begin closes the items that it was to
		 * send.
		 */
		private StreamRequest prepareStream() {
			ItemSource source = (this.items != null) ? source() : null;
			try {
				byte[] payload = convertPayload();
				return new StreamRequest(streamRequest(), payload, source);
			}
			catch (Throwable ex) {
				close(source, ex);
				throw ex;
			}
		}

		private static void close(@Nullable ItemSource source, Throwable reason) {
			if (source != null) {
				try {
					source.close();
				}
				catch (Throwable ex) {
					reason.addSuppressed(ex);
				}
			}
		}

		private ItemSource source() {
			return ItemSources.of(Objects.requireNonNull(this.items), new SentItems());
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> @Nullable T retrieve(Class<T> responseType) {
			return (T) retrieve((Type) responseType);
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> @Nullable T retrieve(ParameterizedTypeReference<T> responseType) {
			return (T) retrieve(responseType.getType());
		}

		private @Nullable Object retrieve(Type responseType) {
			if (this.items != null) {
				StreamRequest stream = prepareStream();
				return convertAnswer(
						UdsTemplate.this.streams()
							.upload(stream.request(), stream.payload(), Objects.requireNonNull(stream.items())),
						responseType);
			}
			byte[] payload = convertPayload();
			return convertAnswer(UdsTemplate.this.calls().call(request(), payload), responseType);
		}

		@Override
		public <T> CompletableFuture<T> retrieveAsync(Class<T> responseType) {
			return retrieveAsync((Type) responseType);
		}

		@Override
		public <T> CompletableFuture<T> retrieveAsync(ParameterizedTypeReference<T> responseType) {
			return retrieveAsync(responseType.getType());
		}

		@SuppressWarnings({ "unchecked", "NullAway" })
		private <T> CompletableFuture<T> retrieveAsync(Type responseType) {
			Function<byte[], T> conversion = (answer) -> (T) convertAnswer(answer, responseType);
			try {
				if (this.items != null) {
					StreamRequest stream = prepareStream();
					return UdsTemplate.this.streams()
						.uploadAsync(stream.request(), stream.payload(), Objects.requireNonNull(stream.items()),
								conversion);
				}
				byte[] payload = convertPayload();
				return UdsTemplate.this.calls().callAsync(request(), payload, conversion);
			}
			catch (Throwable ex) {
				return CompletableFuture.failedFuture(ex);
			}
		}

		@Override
		public void send() {
			if (this.items != null) {
				IllegalStateException ex = new IllegalStateException(
						"Items cannot be sent one way: wait for the answer with retrieve");
				close(source(), ex);
				throw ex;
			}
			byte[] payload = convertPayload();
			UdsTemplate.this.calls()
				.send(oneWayRequest(), payload, (failure) -> oneWayFailures.log(logger::warn,
						() -> "A one-way call failed: " + failure.getMessage()));
		}

		private CallRequest request() {
			long now = System.nanoTime();
			return new CallRequest(this.route, this.template, copyOfMetadata(), now,
					CallDeadlines.after(timeout(), now, this.route, UdsTemplate.this.connectionFactory.getAddress()));
		}

		/**
		 * Return a request that is not limited by the one being handled, whose caller
		 * does not wait for it.
		 */
		private CallRequest oneWayRequest() {
			long now = System.nanoTime();
			return new CallRequest(this.route, this.template, copyOfMetadata(), now, now + Nanos.of(timeout()), true);
		}

		private Duration timeout() {
			return (this.timeout != null) ? this.timeout : UdsTemplate.this.timeout;
		}

		private CallRequest streamRequest() {
			long now = System.nanoTime();
			return new CallRequest(this.route, this.template, copyOfMetadata(), now,
					(this.timeout != null) ? now + Nanos.of(this.timeout) : CallRequest.NO_DEADLINE);
		}

		/**
		 * Copy the metadata, as the specification may change while the call waits to be
		 * written.
		 */
		private Map<String, List<String>> copyOfMetadata() {
			if (this.metadata.isEmpty()) {
				return this.metadata;
			}
			Map<String, List<String>> copy = new LinkedHashMap<>(this.metadata);
			copy.replaceAll((name, values) -> List.copyOf(values));
			return copy;
		}

		private String path() {
			return UdsTemplate.this.connectionFactory.getAddress().toString();
		}

		private byte[] convertPayload() {
			try {
				return UdsTemplate.this.converter.toPayload(this.payload);
			}
			catch (RuntimeException | Error ex) {
				throw new UdsConversionException(
						"The payload cannot be converted, the call was not sent: " + ConversionProblem.of(ex),
						this.route, path(), ex);
			}
		}

		private @Nullable Object convertAnswer(byte[] answer, Type type) {
			try {
				return UdsTemplate.this.converter.fromPayload(answer, type);
			}
			catch (RuntimeException | Error ex) {
				throw new UdsConversionException(Status.INTERNAL,
						"The answer cannot be read as " + type.getTypeName() + ": " + ConversionProblem.of(ex),
						this.route, path(), ex);
			}
		}

		/** Converts the items that one call sends, one after the other. */
		private final class SentItems implements Function<Object, byte[]> {

			private long count;

			@Override
			public byte[] apply(Object item) {
				this.count++;
				try {
					return UdsTemplate.this.converter.toPayload(item);
				}
				catch (RuntimeException | Error ex) {
					throw new UdsConversionException("Item " + this.count
							+ " cannot be converted, the call ends before it: " + ConversionProblem.of(ex),
							DefaultRequestSpec.this.route, path(), ex);
				}
			}

		}

		/** Converts the items that one call receives, one after the other. */
		private final class ReceivedItems<T> implements Function<byte[], T> {

			private final Type type;

			private long count;

			ReceivedItems(Type type) {
				this.type = type;
			}

			@Override
			@SuppressWarnings("unchecked")
			public T apply(byte[] item) {
				this.count++;
				Object value;
				try {
					value = UdsTemplate.this.converter.fromPayload(item, this.type);
				}
				catch (RuntimeException | Error ex) {
					throw unreadable(ConversionProblem.of(ex), ex);
				}
				if (value == null) {
					throw unreadable("empty", null);
				}
				return (T) value;
			}

			private UdsConversionException unreadable(String problem, @Nullable Throwable cause) {
				return new UdsConversionException(Status.INTERNAL,
						"Item " + this.count + " cannot be read as " + this.type.getTypeName() + ": " + problem,
						DefaultRequestSpec.this.route, path(), cause);
			}

		}

	}

	/** The beginning of a streaming call. */
	private record StreamRequest(CallRequest request, byte[] payload, @Nullable ItemSource items) {

	}

}
