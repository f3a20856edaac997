package io.github.udsboot.autoconfigure.client;

import io.github.udsboot.client.UdsTemplateBuilder;

/**
 * Callback that can be implemented by beans to customize the builder of each template,
 * the primary client's and those of named clients, after the properties have been
 * applied.
 */
@FunctionalInterface
public interface UdsTemplateBuilderCustomizer {

	/**
	 * Customize the builder of a client.
	 * @param name the client's name, {@code default} for the primary client
	 * @param builder the builder
	 */
	void customize(String name, UdsTemplateBuilder builder);

}
