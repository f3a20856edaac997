package io.github.udsboot.autoconfigure.listener;

import io.github.udsboot.listener.UdsListenerOptions;

/**
 * Callback that can be implemented by beans to customize the options of each listener,
 * the default one and named ones, after the properties have been applied and before it
 * starts. Use {@link UdsListenerOptions#getName()} for settings of a single listener,
 * such as its own authorizer.
 */
@FunctionalInterface
public interface UdsListenerOptionsCustomizer {

	/**
	 * Customize the options.
	 * @param options the options, which include the listener's name, {@code default} for
	 * the default listener
	 */
	void customize(UdsListenerOptions options);

}
