package io.github.udsboot.interceptor;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;

/**
 * A call that is about to be made, as a {@link UdsClientInterceptor} sees it.
 *
 * @param client the name of the client
 * @param routeTemplate the route as the caller wrote it, with its variables
 * ({@code orders.{id}.get}); empty in a protocol without routes
 * @param route the route with the values of its variables
 * @param payload the payload, may be empty; not copied
 * @param metadata the headers, names in lower case, in order
 * @param timeout the time for the whole call, from its start; zero if it has none, which
 * is the default for a call that streams
 * @param oneWay whether the caller does not wait for an answer: the response is then
 * empty and complete when the request is on its way
 * @param streaming whether items are sent or received, or both; interceptors do not see
 * them. The response comes when the stream has ended, and is empty unless the call has a
 * single answer
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per request would cost too much
public record UdsClientRequest(String client, String routeTemplate, String route, byte[] payload,
		Map<String, List<String>> metadata, Duration timeout, boolean oneWay, boolean streaming) {

	/**
	 * Return the first value of a header.
	 * @param name the name, in any case
	 * @return the value, or {@code null} if there is none
	 */
	public @Nullable String header(String name) {
		return Headers.first(this.metadata, name);
	}

	/**
	 * Return a request with other values for a header. A protocol without metadata does
	 * not send them.
	 * @param name the name, which is converted to lower case
	 * @param values the values, which replace existing ones; none to remove the header
	 * @return a new request
	 */
	public UdsClientRequest withHeader(String name, String... values) {
		return new UdsClientRequest(this.client, this.routeTemplate, this.route, this.payload,
				Headers.with(this.metadata, name, values), this.timeout, this.oneWay, this.streaming);
	}

	/**
	 * Return a request with another timeout.
	 * @param timeout the time for the whole call, from its start, more than zero
	 * @return a new request
	 */
	public UdsClientRequest withTimeout(Duration timeout) {
		if (Nanos.of(timeout) <= 0) {
			throw new IllegalArgumentException("The timeout must be more than zero");
		}
		return new UdsClientRequest(this.client, this.routeTemplate, this.route, this.payload, this.metadata, timeout,
				this.oneWay, this.streaming);
	}

	/**
	 * Return a request with another payload.
	 * @param payload the payload, not copied
	 * @return a new request
	 */
	public UdsClientRequest withPayload(byte[] payload) {
		return new UdsClientRequest(this.client, this.routeTemplate, this.route, payload, this.metadata, this.timeout,
				this.oneWay, this.streaming);
	}

}
