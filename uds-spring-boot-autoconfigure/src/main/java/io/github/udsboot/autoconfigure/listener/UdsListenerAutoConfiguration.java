package io.github.udsboot.autoconfigure.listener;

import java.util.concurrent.Executor;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.validation.Validator;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.autoconfigure.CallRecorders;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.handler.UdsResultPostProcessor;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.method.UdsHandlerMethodFactory;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for listeners on Unix domain sockets
 * and their handlers: the default listener, and the named ones.
 */
@AutoConfiguration(
		after = { UdsAutoConfiguration.class, TaskExecutionAutoConfiguration.class, LifecycleAutoConfiguration.class },
		afterName = "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration")
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@Import(NamedListenerRegistrar.class)
public final class UdsListenerAutoConfiguration {

	@Bean
	static RunTimeListeners udsRunTimeListeners(Environment environment) {
		return new RunTimeListeners(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	UdsHandlerMethodFactory udsHandlerMethodFactory(PayloadConverter payloadConverter,
			ObjectProvider<Validator> validator, ObjectProvider<HandlerMethodArgumentResolver> argumentResolvers,
			ObjectProvider<UdsResultAdapter> resultAdapters,
			ObjectProvider<UdsResultPostProcessor> resultPostProcessors, ListableBeanFactory beanFactory) {
		ApplicationConversionService conversionService = new ApplicationConversionService();
		ApplicationConversionService.addBeans(conversionService, beanFactory);
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setPayloadConverter(payloadConverter);
		factory.setConversionService(conversionService);
		factory.setValidator(validator.getIfUnique());
		factory
			.setCustomArgumentResolvers(ArgumentResolverBeans.forHandlers(argumentResolvers.orderedStream().toList()));
		factory.setResultAdapters(resultAdapters.orderedStream().toList());
		factory.setResultPostProcessors(resultPostProcessors.orderedStream().toList());
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

	// After the processor, so that all handlers are registered when it checks
	@Bean
	@ConditionalOnMissingBean
	HandlerListenersVerifier udsHandlerListenersVerifier(HandlerRegistry registry,
			ObjectProvider<UdsListenerContainer> containers, UdsProperties properties) {
		return new HandlerListenersVerifier(registry, new ListenerNames(containers, properties));
	}

	@Bean
	@ConditionalOnMissingBean
	PeerAuthorizersVerifier udsPeerAuthorizersVerifier(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<UdsListenerContainer> containers, UdsProperties properties) {
		return new PeerAuthorizersVerifier(new PeerAuthorizers(beanFactory), new ListenerNames(containers, properties));
	}

	@Bean
	@ConditionalOnMissingBean
	UdsAllowLists udsAllowLists(Environment environment) {
		return new UdsAllowLists(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerGracefulShutdownLifecycle udsListenerGracefulShutdownLifecycle(
			ObjectProvider<UdsListenerContainer> containers) {
		return new ListenerGracefulShutdownLifecycle(containers);
	}

	@Bean
	@ConditionalOnMissingBean(name = "udsRefusedEventPublisher")
	UdsConnectionRefusalListener udsRefusedEventPublisher(ApplicationEventPublisher publisher) {
		return new RefusedEventPublisher(publisher);
	}

	@Bean(ListenerContainers.BEAN_NAME)
	@ConditionalOnMissingBean
	ListenerContainers udsListenerContainers(UdsProperties properties, Protocols protocols, HandlerRegistry registry,
			PayloadConverter payloadConverter, CallRecorders recorders, Environment environment,
			ConfigurableListableBeanFactory beanFactory, UdsAllowLists allowLists,
			ObjectProvider<UdsListenerOptionsCustomizer> customizers,
			ObjectProvider<UdsSessionListener> sessionListeners, ObjectProvider<UdsServerInterceptor> interceptors,
			ObjectProvider<PeerContextFactory> peerContextFactories,
			ObjectProvider<UdsConnectionRefusalListener> refusalListeners,
			ObjectProvider<LifecycleProperties> lifecycleProperties,
			@Qualifier(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME) ObjectProvider<Executor> applicationTaskExecutor) {
		return new ListenerContainers(properties, protocols, registry, payloadConverter, recorders, environment,
				new PeerAuthorizers(beanFactory), allowLists, customizers, sessionListeners, interceptors,
				peerContextFactories, refusalListeners, lifecycleProperties, applicationTaskExecutor);
	}

	@Bean
	@Qualifier(SocketNames.DEFAULT)
	@Conditional(OnListenerPathCondition.class)
	@ConditionalOnMissingBean
	UdsListenerContainer udsListenerContainer(ListenerContainers containers) {
		return containers.defaultListener();
	}

}
