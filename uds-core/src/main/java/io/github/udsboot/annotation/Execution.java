package io.github.udsboot.annotation;

/**
 * Which thread runs a handler.
 */
public enum Execution {

	/** As the listener is configured. */
	AUTO,

	/**
	 * The thread that read the request, on the event loop. The fastest for handlers that
	 * do not block. When one does block, another thread takes over the loop and the
	 * handler runs on a pool for a while.
	 */
	INLINE,

	/** The application's task executor. */
	POOL,

	/** A virtual thread of its own; requires JDK 21. */
	VIRTUAL

}
