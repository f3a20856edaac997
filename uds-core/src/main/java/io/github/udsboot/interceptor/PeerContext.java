package io.github.udsboot.interceptor;

/**
 * What code of the application finds on its thread while it runs for the peer of one
 * connection, such as a security context or entries of a logging context. Opened and
 * closed on each thread that runs such code, and by several threads at once: must be
 * thread-safe.
 */
@FunctionalInterface
public interface PeerContext {

	/**
	 * Bind the context to the calling thread, which may be an event loop: must not block.
	 * A handler whose context cannot be bound does not run; its caller gets
	 * {@code INTERNAL}. A stream whose context cannot be bound ends with
	 * {@code RESOURCE_EXHAUSTED}, as if there were no thread for it.
	 * @return ends the binding, on the same thread
	 */
	Scope open();

	/**
	 * The time for which a context is bound to a thread.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/** Binds nothing. */
		Scope NONE = () -> {
		};

		/**
		 * Restore what was bound to the thread before.
		 */
		@Override
		void close();

	}

}
