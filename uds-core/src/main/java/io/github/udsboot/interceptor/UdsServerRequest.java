package io.github.udsboot.interceptor;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsSession;

/**
 * A request on its way to a handler, as a {@link UdsServerInterceptor} sees it.
 *
 * @param listener the name of the listener
 * @param routeTemplate the route as the handler has it, with its variables
 * ({@code orders.{id}.get}); empty for a handler without a route
 * @param route the route that was called; empty for a message without one
 * @param payload the payload, may be empty; not copied
 * @param metadata the caller's metadata, in order; empty in a protocol without metadata
 * @param peer the caller
 * @param deadline when the caller stops waiting, {@code null} if it waits indefinitely
 * @param session the session that the request is part of, {@code null} in a protocol
 * without sessions
 * @param attributes the attributes that interceptors have added for later interceptors
 * and for the handler
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per request would cost too much
public record UdsServerRequest(String listener, String routeTemplate, String route, byte[] payload,
		Map<String, List<String>> metadata, PeerCredentials peer, @Nullable Instant deadline,
		@Nullable UdsSession session, Map<String, Object> attributes) {

	/**
	 * Return the first value of a header.
	 * @param name the name, in any case
	 * @return the value, or {@code null} if there is none
	 */
	public @Nullable String header(String name) {
		return Headers.first(this.metadata, name);
	}

	/**
	 * Return a request with other metadata, which the handler sees as the caller's.
	 * @param name the name, which is converted to lower case
	 * @param values the values, which replace existing ones; none to remove the metadata
	 * @return a new request
	 */
	public UdsServerRequest withHeader(String name, String... values) {
		return new UdsServerRequest(this.listener, this.routeTemplate, this.route, this.payload,
				Headers.with(this.metadata, name, values), this.peer, this.deadline, this.session, this.attributes);
	}

	/**
	 * Return a request with an attribute. The handler gets it as a
	 * {@link org.springframework.messaging.handler.annotation.Header @Header} of any
	 * type, instead of metadata of that name.
	 * @param name the name; names that start with {@code uds_} or {@code spring}, and
	 * those that spring-messaging uses for itself, do not reach the handler
	 * @param value the value
	 * @return a new request
	 */
	public UdsServerRequest withAttribute(String name, Object value) {
		Map<String, Object> attributes = new LinkedHashMap<>(this.attributes);
		attributes.put(name, value);
		return new UdsServerRequest(this.listener, this.routeTemplate, this.route, this.payload, this.metadata,
				this.peer, this.deadline, this.session, attributes);
	}

	/**
	 * Return a request with another payload.
	 * @param payload the payload, not copied
	 * @return a new request
	 */
	public UdsServerRequest withPayload(byte[] payload) {
		return new UdsServerRequest(this.listener, this.routeTemplate, this.route, payload, this.metadata, this.peer,
				this.deadline, this.session, this.attributes);
	}

}
