package io.github.udsboot.config.contracts;

/**
 * Has nothing to call.
 */
public interface Unrelated {

	void run();

}
