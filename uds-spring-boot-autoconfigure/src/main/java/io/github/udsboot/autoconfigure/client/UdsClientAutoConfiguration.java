package io.github.udsboot.autoconfigure.client;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.autoconfigure.CallRecorders;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.interceptor.UdsClientInterceptor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link UdsTemplate}: that of the
 * primary client, and those of named clients.
 */
@AutoConfiguration(after = UdsAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@Import(NamedClientRegistrar.class)
public final class UdsClientAutoConfiguration {

	@Bean
	static RunTimeClients udsRunTimeClients(Environment environment) {
		return new RunTimeClients(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnClientPathCondition.class)
	UdsConnectionDetails udsConnectionDetails(UdsProperties properties) {
		return new PropertiesUdsConnectionDetails(properties);
	}

	@Bean(ClientTemplates.BEAN_NAME)
	@ConditionalOnMissingBean
	ClientTemplates udsClientTemplates(UdsProperties properties, Protocols protocols, PayloadConverter payloadConverter,
			CallRecorders recorders, ObjectProvider<UdsClientInterceptor> interceptors,
			ObjectProvider<TaskDecorator> taskDecorators, ObjectProvider<UdsTemplateBuilderCustomizer> customizers) {
		return new ClientTemplates(properties, protocols, payloadConverter, recorders, interceptors, taskDecorators,
				customizers);
	}

	@Bean
	@ConditionalOnMissingBean
	TypedClientsVerifier udsTypedClientsVerifier(ConfigurableListableBeanFactory beanFactory) {
		return new TypedClientsVerifier(beanFactory);
	}

	@Bean
	@Qualifier(SocketNames.DEFAULT)
	@ConditionalOnBean(UdsConnectionDetails.class)
	@ConditionalOnMissingBean(UdsOperations.class)
	UdsTemplate udsTemplate(ClientTemplates templates, UdsConnectionDetails connectionDetails) {
		return templates.primary(connectionDetails);
	}

}
