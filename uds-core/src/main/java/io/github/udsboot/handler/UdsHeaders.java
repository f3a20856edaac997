package io.github.udsboot.handler;

/**
 * Names of the headers that a handler may ask for with
 * {@link org.springframework.messaging.handler.annotation.Header @Header}, beside the
 * caller's metadata and what interceptors add. Anything under a name that starts with
 * {@code uds_} or {@code spring}, or that spring-messaging uses for itself ({@code id},
 * {@code timestamp}, {@code contentType}, {@code replyChannel}, {@code errorChannel},
 * {@code nativeHeaders} and the header of the destination variables), is not among the
 * headers.
 */
public final class UdsHeaders {

	/** How the names of our headers start. */
	public static final String PREFIX = "uds_";

	/** The route that was called, a {@code String}. */
	public static final String ROUTE = PREFIX + "route";

	/** Who calls, a {@link io.github.udsboot.PeerCredentials}. */
	public static final String PEER = PREFIX + "peer";

	/**
	 * When the caller stops waiting, an {@link java.time.Instant}; absent when it waits
	 * for ever.
	 */
	public static final String DEADLINE = PREFIX + "deadline";

	private UdsHeaders() {
	}

}
