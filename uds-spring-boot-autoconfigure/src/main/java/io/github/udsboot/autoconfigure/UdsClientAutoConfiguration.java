package io.github.udsboot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.converter.PayloadConverter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link UdsTemplate}.
 */
@AutoConfiguration(after = UdsAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
public final class UdsClientAutoConfiguration {

	private static final String PRIMARY_CLIENT = "default";

	@Bean
	@ConditionalOnBean(UdsConnectionDetails.class)
	@ConditionalOnMissingBean(UdsOperations.class)
	UdsTemplate udsTemplate(UdsProperties properties, UdsConnectionDetails connectionDetails,
			PayloadConverter payloadConverter, CallRecorders recorders,
			ObjectProvider<UdsTemplateBuilderCustomizer> customizers) {
		UdsTemplateBuilder builder = new TemplateBuilderMapper().map(PRIMARY_CLIENT, connectionDetails,
				properties.getSocket().getTransport(), properties.getClient());
		builder.converter(payloadConverter);
		builder.recorder(recorders.forClient(PRIMARY_CLIENT));
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

}
