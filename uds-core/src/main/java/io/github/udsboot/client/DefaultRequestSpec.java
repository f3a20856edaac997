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
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;

import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.call.CallDeadlines;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.LogThrottle;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.stream.FailedPublisher;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.ItemSources;

/**
 * One request of a template, which begins when it is retrieved, sent or subscribed to.
 * Not thread-safe.
 */
final class DefaultRequestSpec implements RequestSpec {

	private static final Log logger = GuardedLog.of(UdsTemplate.class);

	/** Of all clients together: a server that is away fails them all. */
	private static final LogThrottle oneWayFailures = new LogThrottle();

	private final RpcClient client;

	private final String route;

	private final String template;

	/** {@code null} unless it was set: calls and streams have different defaults. */
	private @Nullable Duration timeout;

	private @Nullable Object items;

	private @Nullable Object payload;

	private Map<String, List<String>> metadata = Map.of();

	DefaultRequestSpec(RpcClient client, String route, String template) {
		this.client = client;
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
		Assert.isTrue(Nanos.of(timeout) > 0, "The timeout must be more than zero");
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
		return begin(true).stream(received(itemType));
	}

	@Override
	public <T> Stream<T> stream(ParameterizedTypeReference<T> itemType) {
		return begin(true).stream(received(itemType.getType()));
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
		// each subscription makes a call
		return (subscriber) -> {
			Objects.requireNonNull(subscriber, "The subscriber must not be null");
			Flow.Publisher<T> publisher;
			try {
				publisher = begin(false).publisher(received(itemType));
			}
			catch (Throwable ex) {
				publisher = FailedPublisher.of(ex);
			}
			publisher.subscribe(subscriber);
		};
	}

	private ItemInput begin(boolean mayWait) {
		StreamCalls streams = this.client.streams();
		StreamRequest stream = prepareStream();
		return mayWait ? streams.begin(stream.request(), stream.payload(), stream.items())
				: streams.beginAsync(stream.request(), stream.payload(), stream.items());
	}

	/** A call that cannot even be begun closes the items that it was to send. */
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
		return ItemSources.of(Objects.requireNonNull(this.items), this.client.codec().sentItems(this.route));
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
					this.client.streams()
						.upload(stream.request(), stream.payload(), Objects.requireNonNull(stream.items())),
					responseType);
		}
		byte[] payload = convertPayload();
		return convertAnswer(this.client.calls().call(request(), payload), responseType);
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
				return this.client.streams()
					.uploadAsync(stream.request(), stream.payload(), Objects.requireNonNull(stream.items()),
							conversion);
			}
			byte[] payload = convertPayload();
			return this.client.calls().callAsync(request(), payload, conversion);
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
		this.client.calls()
			.send(oneWayRequest(), payload, (failure) -> oneWayFailures.log(logger::warn,
					() -> "A one-way call failed: " + failure.getMessage()));
	}

	private CallRequest request() {
		long now = System.nanoTime();
		return new CallRequest(this.route, this.template, copyOfMetadata(), now,
				CallDeadlines.after(timeout(), now, this.route, this.client.address()));
	}

	/** Not limited by the request that is being handled, whose caller is no part. */
	private CallRequest oneWayRequest() {
		long now = System.nanoTime();
		return new CallRequest(this.route, this.template, copyOfMetadata(), now, now + Nanos.of(timeout()), true);
	}

	private Duration timeout() {
		return (this.timeout != null) ? this.timeout : this.client.timeout();
	}

	private CallRequest streamRequest() {
		long now = System.nanoTime();
		return new CallRequest(this.route, this.template, copyOfMetadata(), now,
				(this.timeout != null) ? now + Nanos.of(this.timeout) : CallRequest.NO_DEADLINE);
	}

	/** The specification may go on to change while the call waits to be written. */
	private Map<String, List<String>> copyOfMetadata() {
		if (this.metadata.isEmpty()) {
			return this.metadata;
		}
		Map<String, List<String>> copy = new LinkedHashMap<>(this.metadata);
		copy.replaceAll((name, values) -> List.copyOf(values));
		return copy;
	}

	private byte[] convertPayload() {
		return this.client.codec().encode(this.payload, this.route);
	}

	private @Nullable Object convertAnswer(byte[] answer, Type type) {
		return this.client.codec().decode(answer, type, this.route);
	}

	private <T> ReceivedItems<T> received(Type itemType) {
		return this.client.codec().receivedItems(itemType, this.route);
	}

	/** What a streaming call begins with. */
	private record StreamRequest(CallRequest request, byte[] payload, @Nullable ItemSource items) {

	}

}
