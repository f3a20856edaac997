package io.github.udsboot.annotation;

/**
 * Which thread runs a handler.
 */
public enum Execution {

	/** As the listener is configured. */
	AUTO,

	/**
	 * The thread that read the request, on the event loop. The fastest for handlers that
	 * do not wait. When one does wait, another thread takes the loop over and the handler
	 * runs on a pool for a while.
	 */
	INLINE,

	/** The application's task executor. */
	POOL,

	/** A virtual thread of its own; needs JDK 21. */
	VIRTUAL

}
