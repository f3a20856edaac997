package io.github.udsboot.autoconfigure;

import io.github.udsboot.client.UdsTemplateBuilder;

/**
 * Callback that can be implemented by beans to customize the builder of the template
 * after the properties were applied.
 */
@FunctionalInterface
public interface UdsTemplateBuilderCustomizer {

	/**
	 * Customize the builder.
	 * @param builder the builder
	 */
	void customize(UdsTemplateBuilder builder);

}
