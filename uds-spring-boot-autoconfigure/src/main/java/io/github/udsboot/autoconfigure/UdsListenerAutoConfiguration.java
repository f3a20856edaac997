package io.github.udsboot.autoconfigure;

import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.validation.Validator;

import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.HandlerRegistry;
import io.github.udsboot.handler.InvalidRouteException;
import io.github.udsboot.handler.UdsHandlerEndpoint;
import io.github.udsboot.handler.UdsHandlerMethodFactory;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.security.PeerAuthorizer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the listener on a Unix domain
 * socket and its handlers.
 */
@AutoConfiguration(
		after = { UdsAutoConfiguration.class, TaskExecutionAutoConfiguration.class, LifecycleAutoConfiguration.class },
		afterName = "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration")
@ConditionalOnBooleanProperty(prefix = "uds", name = { "enabled", "listener.enabled" }, matchIfMissing = true)
public final class UdsListenerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	UdsHandlerMethodFactory udsHandlerMethodFactory(PayloadConverter payloadConverter,
			ObjectProvider<Validator> validator, ListableBeanFactory beanFactory) {
		ApplicationConversionService conversionService = new ApplicationConversionService();
		ApplicationConversionService.addBeans(conversionService, beanFactory);
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setPayloadConverter(payloadConverter);
		factory.setConversionService(conversionService);
		factory.setValidator(validator.getIfUnique());
		return factory;
	}

	@Bean
	@ConditionalOnMissingBean
	HandlerRegistry udsHandlerRegistry(UdsHandlerMethodFactory handlerMethodFactory) {
		return new HandlerRegistry(handlerMethodFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	UdsHandlerMethodProcessor udsHandlerMethodProcessor(HandlerRegistry registry) {
		return new UdsHandlerMethodProcessor(registry);
	}

	// After the processor, so that all handlers are registered when it looks
	@Bean
	@ConditionalOnMissingBean
	HandlerListenersVerifier udsHandlerListenersVerifier(HandlerRegistry registry,
			ObjectProvider<UdsListenerContainer> containers) {
		return new HandlerListenersVerifier(registry, containers);
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerGracefulShutdownLifecycle udsListenerGracefulShutdownLifecycle(
			ObjectProvider<UdsListenerContainer> containers) {
		return new ListenerGracefulShutdownLifecycle(containers);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("uds.socket.path")
	@ConditionalOnMissingBean(UdsListenerContainer.class)
	static class ListenerConfiguration {

		private static final Log logger = LogFactory.getLog(UdsListenerAutoConfiguration.class);

		@Bean
		UdsListenerContainer udsListenerContainer(UdsProperties properties, HandlerRegistry registry,
				CallRecorders recorders, ObjectProvider<PeerAuthorizer> authorizer,
				ObjectProvider<UdsListenerOptionsCustomizer> customizers,
				ObjectProvider<LifecycleProperties> lifecycleProperties,
				@Qualifier(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME) ObjectProvider<Executor> applicationTaskExecutor,
				Environment environment) {
			UdsListenerOptions options = new ListenerOptionsMapper(environment).map(UdsHandlerEndpoint.DEFAULT_LISTENER,
					properties.getSocket(), properties.getListener());
			// The drain may have taken the whole phase before; the stop ends it then
			lifecycleProperties
				.ifAvailable((lifecycle) -> options.setDrainTimeout(lifecycle.getTimeoutPerShutdownPhase()));
			authorizer.ifUnique((bean) -> authorize(options, bean, properties.getListener()));
			customizers.orderedStream().forEach((customizer) -> customizer.customize(options));
			return new UdsListenerContainer(options, () -> router(registry, options),
					recorders.forListener(options.getName()), applicationTaskExecutor.getIfAvailable());
		}

		private static void authorize(UdsListenerOptions options, PeerAuthorizer authorizer,
				UdsListenerProperties properties) {
			if (properties.getAllowedUsers() != null || properties.getAllowedGroups() != null) {
				logger.warn("The application's PeerAuthorizer decides who may connect; "
						+ "'uds.listener.allowed-users' and 'uds.listener.allowed-groups' have no effect");
			}
			options.setAuthorizer(authorizer);
		}

		private static UdsRouter router(HandlerRegistry registry, UdsListenerOptions options) {
			UdsRouter router = registry.routerFor(options.getName());
			UdsRequestHandler defaultHandler = router.defaultHandler();
			if (defaultHandler != null) {
				throw new InvalidRouteException("", defaultHandler.toString(),
						"it has none, and the protocol '" + options.getProtocol().name() + "' of listener '"
								+ options.getName()
								+ "' calls handlers by their route. Give it one, such as @UdsHandler(\"orders.get\")");
			}
			return router;
		}

	}

}
