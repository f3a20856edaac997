package io.github.udsboot.listener;

/**
 * Told when a listener refuses connections. With Spring Boot, every bean of this type is
 * told of the refusals of every listener; {@link UdsConnectionRefusal#listener()} tells
 * which listener it is.
 *
 * <p>
 * Peers can cause any number of refusals, so not each of them is told: of each reason the
 * first at once, then at most one a second, which says how many others there were. The
 * last ones before a quiet period are told of within a second, and when the listener
 * stops at the latest. Told on one of the listener's own threads for handlers, never on
 * an event loop, so this may block; while it does, further refusals for the same reason
 * are only counted. What is thrown is logged. Must be thread-safe.
 */
@FunctionalInterface
public interface UdsConnectionRefusalListener {

	/**
	 * Take note of a refusal. The connection may still be open, in order to tell the
	 * peer.
	 * @param refusal the refusal
	 */
	void refused(UdsConnectionRefusal refusal);

}
