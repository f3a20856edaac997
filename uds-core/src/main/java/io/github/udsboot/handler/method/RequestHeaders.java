package io.github.udsboot.handler.method;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.support.DestinationVariableMethodArgumentResolver;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

import io.github.udsboot.handler.UdsHeaders;
import io.github.udsboot.handler.UdsRequest;

/**
 * The headers of a request. Most handlers read none, so the map is filled when it is
 * first read; there is neither an id nor a time stamp.
 */
final class RequestHeaders extends MessageHeaders {

	private static final long serialVersionUID = 1L;

	private static final String VARIABLES = DestinationVariableMethodArgumentResolver.DESTINATION_TEMPLATE_VARIABLES_HEADER;

	private static final Set<String> RESERVED = Set.of(ID, TIMESTAMP, CONTENT_TYPE, REPLY_CHANNEL, ERROR_CHANNEL,
			NativeMessageHeaderAccessor.NATIVE_HEADERS, VARIABLES);

	private final transient UdsRequest request;

	private final transient Map<String, String> variables;

	private transient volatile @Nullable MessageHeaders filled;

	RequestHeaders(UdsRequest request, Map<String, String> variables) {
		super(null, ID_VALUE_NONE, -1L);
		this.request = request;
		this.variables = variables;
	}

	UdsRequest request() {
		return this.request;
	}

	private MessageHeaders filled() {
		MessageHeaders headers = this.filled;
		if (headers == null) {
			// Two threads may both do it; the results are equal
			headers = new Filled(collect());
			this.filled = headers;
		}
		return headers;
	}

	private Map<String, Object> collect() {
		Map<String, Object> headers = new HashMap<>();
		this.request.metadata().forEach((name, values) -> {
			if (!isReserved(name) && !values.isEmpty()) {
				headers.put(name, (values.size() == 1) ? values.get(0) : List.copyOf(values));
			}
		});
		this.request.attributes().forEach((name, value) -> {
			if (!isReserved(name)) {
				headers.put(name, value);
			}
		});
		headers.put(UdsHeaders.ROUTE, this.request.route());
		headers.put(UdsHeaders.PEER, this.request.peer());
		if (this.request.deadlineNanos() != UdsRequest.NO_DEADLINE) {
			headers.put(UdsHeaders.DEADLINE, Instant.now().plusNanos(this.request.deadlineNanos() - System.nanoTime()));
		}
		if (!this.variables.isEmpty()) {
			headers.put(VARIABLES, this.variables);
		}
		return headers;
	}

	private static boolean isReserved(String name) {
		return name.startsWith(UdsHeaders.PREFIX) || name.startsWith("spring") || RESERVED.contains(name);
	}

	@Override
	protected Map<String, Object> getRawHeaders() {
		return new HashMap<>(filled());
	}

	@Override
	public <T> @Nullable T get(Object key, Class<T> type) {
		T value = filled().get(key, type);
		return (value != null) ? value : filled().get(asSent(key), type);
	}

	@Override
	public @Nullable Object get(Object key) {
		Object value = filled().get(key);
		return (value != null) ? value : filled().get(asSent(key));
	}

	/** Metadata travels in lower case, however a handler spells the name. */
	private static Object asSent(Object key) {
		return (key instanceof String name && !isReserved(name)) ? name.toLowerCase(Locale.ROOT) : key;
	}

	@Override
	public boolean containsKey(Object key) {
		return filled().containsKey(key);
	}

	@Override
	public boolean containsValue(Object value) {
		return filled().containsValue(value);
	}

	@Override
	public Set<Map.Entry<String, Object>> entrySet() {
		return filled().entrySet();
	}

	@Override
	public Set<String> keySet() {
		return filled().keySet();
	}

	@Override
	public Collection<Object> values() {
		return filled().values();
	}

	@Override
	public boolean isEmpty() {
		return false;
	}

	@Override
	public int size() {
		return filled().size();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || filled().equals((other instanceof RequestHeaders that) ? that.filled() : other);
	}

	@Override
	public int hashCode() {
		return filled().hashCode();
	}

	@Override
	public String toString() {
		return filled().toString();
	}

	private Object writeReplace() {
		return filled();
	}

	private static final class Filled extends MessageHeaders {

		private static final long serialVersionUID = 1L;

		Filled(Map<String, Object> headers) {
			super(headers, ID_VALUE_NONE, -1L);
		}

	}

}
