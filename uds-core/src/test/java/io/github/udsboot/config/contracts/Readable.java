package io.github.udsboot.config.contracts;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Generic, so it can be no client itself.
 *
 * @param <T> the type of what is read
 */
public interface Readable<T> {

	@UdsExchange("read")
	T read();

}
