package io.github.udsboot.autoconfigure;

import io.github.udsboot.converter.PayloadConverter;

/**
 * Callback that can be implemented by beans to customize the builder of the
 * {@link PayloadConverter} of handlers and clients, for instance to add converters of the
 * application, which take precedence over protobuf and JSON. {@code MessageConverter}
 * beans are not used automatically: other parts of Spring define some for their own use.
 * The callback that sets Boot's {@code JsonMapper} has the order 0.
 */
@FunctionalInterface
public interface PayloadConverterCustomizer {

	/**
	 * Customize the builder.
	 * @param builder the builder
	 */
	void customize(PayloadConverter.Builder builder);

}
