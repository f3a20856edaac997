package io.github.udsboot.client.session;

import java.lang.reflect.Type;
import java.time.Duration;

import io.github.udsboot.UdsSession;

/**
 * Makes exchanges and opens sessions in a protocol without routes.
 */
public interface Exchanges {

	/** Send a message and wait for the answer. */
	Object exchange(Object message, Type type, Duration timeout);

	/** Open a session. */
	UdsSession open();

}
