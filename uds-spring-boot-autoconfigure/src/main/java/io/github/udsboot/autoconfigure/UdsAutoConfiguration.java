package io.github.udsboot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.CallRecorderFactory;
import io.github.udsboot.protocol.WireProtocol;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what listeners and clients of
 * Unix domain sockets share.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@EnableConfigurationProperties(UdsProperties.class)
public final class UdsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PayloadConverter udsPayloadConverter(ObjectProvider<PayloadConverterCustomizer> customizers) {
		PayloadConverter.Builder builder = PayloadConverter.builder();
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean
	CallRecorders udsCallRecorders(ObjectProvider<CallRecorder> recorders,
			ObjectProvider<CallRecorderFactory> factories) {
		return new CallRecorders(recorders, factories);
	}

	@Bean
	@ConditionalOnMissingBean
	Protocols udsProtocols(ObjectProvider<WireProtocol> protocols) {
		return new Protocols(protocols);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JacksonConfiguration {

		@Bean
		@Order(0)
		@ConditionalOnSingleCandidate(JsonMapper.class)
		PayloadConverterCustomizer udsJsonMapperCustomizer(JsonMapper jsonMapper) {
			return (builder) -> builder.jsonMapper(jsonMapper);
		}

	}

}
