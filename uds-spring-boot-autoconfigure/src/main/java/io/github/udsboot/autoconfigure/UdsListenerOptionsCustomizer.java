package io.github.udsboot.autoconfigure;

import io.github.udsboot.listener.UdsListenerOptions;

/**
 * Callback that can be implemented by beans to customize the options of a listener after
 * the properties were applied and before it starts.
 */
@FunctionalInterface
public interface UdsListenerOptionsCustomizer {

	/**
	 * Customize the options.
	 * @param options the options, which know the listener's name
	 */
	void customize(UdsListenerOptions options);

}
