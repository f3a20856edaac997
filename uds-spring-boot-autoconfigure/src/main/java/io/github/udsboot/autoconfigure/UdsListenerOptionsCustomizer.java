package io.github.udsboot.autoconfigure;

import io.github.udsboot.listener.UdsListenerOptions;

/**
 * Callback that can be implemented by beans to customize the options of each listener,
 * the default one and those with a name, after the properties were applied and before it
 * starts. What belongs to one listener only, such as an authorizer of its own, is told by
 * {@link UdsListenerOptions#getName()}.
 */
@FunctionalInterface
public interface UdsListenerOptionsCustomizer {

	/**
	 * Customize the options.
	 * @param options the options, which know the listener's name, {@code default} for the
	 * default listener
	 */
	void customize(UdsListenerOptions options);

}
