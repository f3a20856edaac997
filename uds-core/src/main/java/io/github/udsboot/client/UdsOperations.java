package io.github.udsboot.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsUnavailableException;

/**
 * Calls over a Unix domain socket. Thread-safe, and usable on platform threads, on
 * virtual threads and within a handler.
 *
 * <p>
 * Payloads: {@code byte[]} and {@code ByteBuffer} as they are, {@code String} as UTF-8,
 * protobuf messages when protobuf-java is present, everything else as JSON. An empty
 * answer is {@code null} for types read from JSON.
 *
 * <p>
 * Every call ends with its answer or with one {@link UdsException}:
 * {@link UdsUnavailableException} and {@link UdsLimitExceededException} (certainly not
 * executed), {@link UdsConnectionLostException}, {@link UdsDeadlineExceededException} and
 * {@link UdsCancelledException} (possibly executed, unless the message says otherwise),
 * {@link UdsRemoteException} (the server answered with a failure),
 * {@link UdsConversionException} and {@link UdsProtocolException}. A call that may have
 * been sent is never repeated.
 *
 * <p>
 * One interface for calls of all kinds, because a single mock of it then stands for a
 * client.
 */
public interface UdsOperations {

	/**
	 * Call a route and wait for the answer.
	 * @param <T> the type of the answer
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param responseType the type of the answer
	 * @return the answer, {@code null} if it is empty, unless the type takes bytes or
	 * text as they are
	 * @throws UdsException if the call fails
	 */
	<T> @Nullable T request(String route, @Nullable Object payload, Class<T> responseType);

	/**
	 * Call a route and wait for the answer.
	 * @param <T> the type of the answer
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param responseType the type of the answer, such as {@code List<Order>}
	 * @return the answer, {@code null} if it is empty
	 * @throws UdsException if the call fails
	 */
	<T> @Nullable T request(String route, @Nullable Object payload, ParameterizedTypeReference<T> responseType);

	/**
	 * Call a route without waiting. Cancelling the future ends the call, and a server of
	 * this library stops its handler.
	 * @param <T> the type of the answer
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param responseType the type of the answer
	 * @return completes with the answer or a {@link UdsException}, on an executor of the
	 * client and never on a thread that reads for others
	 */
	<T> CompletableFuture<T> requestAsync(String route, @Nullable Object payload, Class<T> responseType);

	/**
	 * Call a route without waiting.
	 * @param <T> the type of the answer
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param responseType the type of the answer, such as {@code List<Order>}
	 * @return completes with the answer or a {@link UdsException}
	 */
	<T> CompletableFuture<T> requestAsync(String route, @Nullable Object payload,
			ParameterizedTypeReference<T> responseType);

	/**
	 * Call a route that answers with a stream of items. The call has a connection of its
	 * own: items that are not taken make only the server wait. There is no default
	 * timeout.
	 * @param <T> the type of the items
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param itemType the type of the items
	 * @return the items, in order, taken by one thread at a time; <em>must be
	 * closed</em>, which stops the server if it is not at the end. A failed call throws a
	 * {@link UdsException} where the next item is taken
	 * @throws UdsException if the call cannot be sent
	 */
	<T> Stream<T> stream(String route, @Nullable Object payload, Class<T> itemType);

	/**
	 * Call a route that answers with a stream of items of a generic type.
	 * @param <T> the type of the items
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @param itemType the type of the items, such as {@code List<Order>}
	 * @return the items, as above; <em>must be closed</em>
	 * @throws UdsException if the call cannot be sent
	 */
	<T> Stream<T> stream(String route, @Nullable Object payload, ParameterizedTypeReference<T> itemType);

	/**
	 * Call a route one way: return as soon as the request is on its way to a server that
	 * was reached. Its answer is dropped; a failure is logged. The timeout is for sending
	 * alone: a server of this library handles the request to its end, even if this client
	 * is closed meanwhile.
	 * @param route the dotted route
	 * @param payload the payload, {@code null} for none
	 * @throws UdsException if the request cannot be sent
	 */
	void send(String route, @Nullable Object payload);

	/**
	 * Begin a call, to set its headers or timeout.
	 * @param route the dotted route, may have variables ({@code orders.{id}.get})
	 * @param variables the values of the variables, in order; none may be empty or
	 * contain a dot
	 * @return the specification of the call
	 * @throws IllegalArgumentException if the values do not fit the variables
	 */
	RequestSpec route(String route, Object... variables);

	/**
	 * Send a message and wait for the answer, within the client's timeout. For protocols
	 * without routes, such as {@code line} and {@code raw}.
	 * @param <T> the type of the answer
	 * @param message the message
	 * @param responseType the type of the answer
	 * @return the answer
	 * @throws UdsException if the exchange fails
	 * @throws UnsupportedOperationException if the client's protocol has routes
	 */
	<T> T exchange(Object message, Class<T> responseType);

	/**
	 * Send a message and wait for the answer. The whole exchange has a connection of its
	 * own, which is kept for the next one if {@code keep-alive} says so and nothing else
	 * has arrived on it. The first message to arrive is the answer, so use
	 * {@link #open()} for a server that greets or speaks unasked. An exchange is never
	 * repeated if any of it may have been sent.
	 * @param <T> the type of the answer
	 * @param message the message
	 * @param responseType the type of the answer
	 * @param timeout the time for the whole exchange, more than zero
	 * @return the answer
	 * @throws UdsException if the exchange fails
	 * @throws UnsupportedOperationException if the client's protocol has routes
	 */
	<T> T exchange(Object message, Class<T> responseType, Duration timeout);

	/**
	 * Send a message and wait for the answer, of a generic type, within the client's
	 * timeout.
	 * @param <T> the type of the answer
	 * @param message the message
	 * @param responseType the type of the answer
	 * @return the answer
	 * @throws UdsException if the exchange fails
	 * @throws UnsupportedOperationException if the client's protocol has routes
	 */
	<T> T exchange(Object message, ParameterizedTypeReference<T> responseType);

	/**
	 * Open a session: a connection of its own on which either side may send at any time.
	 * For protocols without routes. Like a call, this waits for a server that is not
	 * there yet.
	 * @return the session, which the caller must close
	 * @throws UdsException if the server cannot be reached
	 * @throws UnsupportedOperationException if the client's protocol has routes
	 */
	UdsSession open();

	/**
	 * Describes a call. Not thread-safe.
	 */
	interface RequestSpec {

		/**
		 * Add a header, which reaches the handler as {@code @Header}.
		 * @param name the name, sent in lower case, like gRPC's metadata
		 * @param value the value
		 * @return this
		 */
		RequestSpec header(String name, String value);

		/**
		 * Set the timeout of the whole call: waiting for a connection, sending, and the
		 * answer. A call made by a handler gets no more than the time left for its
		 * request, see {@link io.github.udsboot.UdsDeadline}.
		 * @param timeout the time, more than zero; by default the client's timeout (30
		 * s), and none for a stream
		 * @return this
		 */
		RequestSpec timeout(Duration timeout);

		/**
		 * Set the payload.
		 * @param payload the payload, {@code null} for none, which is the default
		 * @return this
		 */
		RequestSpec payload(@Nullable Object payload);

		/**
		 * Send items, one after the other, to a route that takes a stream. They are
		 * requested as the server takes them, on a thread of the client. The call has a
		 * connection of its own and no default timeout.
		 * @param items a {@code Stream}, an {@code Iterable}, a {@code Flow.Publisher}
		 * or, with Reactor, a {@code Flux}; closed or cancelled when the call ends early,
		 * including when the future of {@link #retrieveAsync(Class)} is cancelled
		 * @return this
		 */
		RequestSpec payloads(Object items);

		/**
		 * Make the call and take items as they arrive, see {@link UdsOperations#stream}.
		 * @param <T> the type of the items
		 * @param itemType the type of the items
		 * @return the items; <em>must be closed</em>
		 * @throws UdsException if the call cannot be sent
		 */
		<T> Stream<T> stream(Class<T> itemType);

		/**
		 * Make the call and take items as they arrive, see {@link UdsOperations#stream}.
		 * @param <T> the type of the items
		 * @param itemType the type of the items
		 * @return the items; <em>must be closed</em>
		 * @throws UdsException if the call cannot be sent
		 */
		<T> Stream<T> stream(ParameterizedTypeReference<T> itemType);

		/**
		 * Make the call for each subscription, without keeping the subscriber waiting for
		 * the server. Cancelling the subscription stops the server.
		 * @param <T> the type of the items
		 * @param itemType the type of the items
		 * @return publishes the items on an executor of the client, no more than
		 * requested, and then the end or a {@link UdsException}
		 */
		<T> Flow.Publisher<T> publisher(Class<T> itemType);

		/**
		 * Make the call for each subscription. Cancelling the subscription stops the
		 * server.
		 * @param <T> the type of the items
		 * @param itemType the type of the items
		 * @return publishes the items
		 */
		<T> Flow.Publisher<T> publisher(ParameterizedTypeReference<T> itemType);

		/**
		 * Make the call and wait for the answer.
		 * @param <T> the type of the answer
		 * @param responseType the type of the answer
		 * @return the answer, {@code null} if it is empty
		 * @throws UdsException if the call fails
		 */
		<T> @Nullable T retrieve(Class<T> responseType);

		/**
		 * Make the call and wait for the answer.
		 * @param <T> the type of the answer
		 * @param responseType the type of the answer
		 * @return the answer, {@code null} if it is empty
		 * @throws UdsException if the call fails
		 */
		<T> @Nullable T retrieve(ParameterizedTypeReference<T> responseType);

		/**
		 * Make the call without waiting.
		 * @param <T> the type of the answer
		 * @param responseType the type of the answer
		 * @return completes with the answer or a {@link UdsException}
		 */
		<T> CompletableFuture<T> retrieveAsync(Class<T> responseType);

		/**
		 * Make the call without waiting.
		 * @param <T> the type of the answer
		 * @param responseType the type of the answer
		 * @return completes with the answer or a {@link UdsException}
		 */
		<T> CompletableFuture<T> retrieveAsync(ParameterizedTypeReference<T> responseType);

		/**
		 * Make the call one way, as {@link UdsOperations#send}.
		 * @throws UdsException if the request cannot be sent
		 */
		void send();

	}

}
