package io.github.udsboot.autoconfigure.security;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.SpringAuthorizationEventPublisher;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AnnotationTemplateExpressionDefaults;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.messaging.context.AuthenticationPrincipalArgumentResolver;
import reactor.core.publisher.Mono;

import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.springsecurity.AuthenticationMethodArgumentResolver;
import io.github.udsboot.springsecurity.AuthorizationServerInterceptor;
import io.github.udsboot.springsecurity.PeerAuthoritiesMapper;
import io.github.udsboot.springsecurity.ReactiveSecurityContextPostProcessor;
import io.github.udsboot.springsecurity.SecurityContextPeerContextFactory;
import io.github.udsboot.springsecurity.UnixAuthoritiesMapper;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Spring Security around the
 * handlers of listeners: the security context of the caller and, with a bean that
 * decides, the authorization of requests.
 */
@AutoConfiguration(after = UdsListenerAutoConfiguration.class)
@ConditionalOnClass(Authentication.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@EnableConfigurationProperties(UdsSecurityProperties.class)
public final class UdsSecurityAutoConfiguration {

	/** Inside of observations, which are to see what is denied. */
	static final int AUTHORIZATION_ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

	private static SecurityContextHolderStrategy unique(ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return strategy.getIfUnique(SecurityContextHolder::getContextHolderStrategy);
	}

	private static AuthorizationEventPublisher unique(ObjectProvider<AuthorizationEventPublisher> eventPublisher,
			ApplicationEventPublisher applicationEvents) {
		return eventPublisher.getIfUnique(() -> new SpringAuthorizationEventPublisher(applicationEvents));
	}

	@Bean
	@ConditionalOnMissingBean
	PeerAuthoritiesMapper udsPeerAuthoritiesMapper(UdsSecurityProperties properties, Environment environment) {
		return new UnixAuthoritiesMapper(new RolesMapper(environment).map(properties.getRoles()));
	}

	@Bean
	@ConditionalOnMissingBean
	UnitRolesVerifier udsUnitRolesVerifier(UdsSecurityProperties properties,
			ObjectProvider<UdsListenerContainer> containers) {
		return new UnitRolesVerifier(properties.getRoles(), containers);
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnMissingBean
	SecurityContextPeerContextFactory udsSecurityContextPeerContextFactory(PeerAuthoritiesMapper authoritiesMapper,
			ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return new SecurityContextPeerContextFactory(authoritiesMapper, unique(strategy));
	}

	@Bean
	@ConditionalOnMissingBean
	RefusedConnectionAuthorizationPublisher udsRefusedConnectionAuthorizationPublisher(
			ObjectProvider<AuthorizationEventPublisher> eventPublisher, ApplicationEventPublisher applicationEvents,
			PeerAuthoritiesMapper authoritiesMapper) {
		return new RefusedConnectionAuthorizationPublisher(unique(eventPublisher, applicationEvents),
				authoritiesMapper);
	}

	// After those of the application
	@Bean
	@Order
	@ConditionalOnMissingBean
	AuthenticationMethodArgumentResolver udsAuthenticationMethodArgumentResolver(
			ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return new AuthenticationMethodArgumentResolver(unique(strategy));
	}

	/**
	 * Not by a condition: that would see only the beans that are defined so far, and
	 * rules that are defined later would be asked by nobody.
	 * @param beanFactory has the rules
	 * @param eventPublisher publishes the decisions
	 * @param applicationEvents publishes them where there is no such bean
	 * @param strategy holds the context of the thread
	 * @return what asks the rules, {@code null} if there are none
	 */
	@Bean
	@Order(AUTHORIZATION_ORDER)
	@ConditionalOnMissingBean
	@Nullable AuthorizationServerInterceptor udsAuthorizationServerInterceptor(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<AuthorizationEventPublisher> eventPublisher, ApplicationEventPublisher applicationEvents,
			ObjectProvider<SecurityContextHolderStrategy> strategy) {
		List<AuthorizationManager<UdsServerRequest>> managers = RequestAuthorizationManagers.find(beanFactory);
		return managers.isEmpty() ? null : new AuthorizationServerInterceptor(managers,
				unique(eventPublisher, applicationEvents), unique(strategy));
	}

	@Bean
	AuthorizationRulesVerifier udsAuthorizationRulesVerifier(HandlerRegistry registry,
			ConfigurableListableBeanFactory beanFactory) {
		return new AuthorizationRulesVerifier(registry, beanFactory);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AuthenticationPrincipalArgumentResolver.class)
	static class MessagingConfiguration {

		@Bean
		@Order
		@ConditionalOnMissingBean
		AuthenticationPrincipalArgumentResolver udsAuthenticationPrincipalArgumentResolver(
				ObjectProvider<SecurityContextHolderStrategy> strategy,
				ObjectProvider<AnnotationTemplateExpressionDefaults> templateDefaults) {
			AuthenticationPrincipalArgumentResolver resolver = new AuthenticationPrincipalArgumentResolver();
			resolver.setSecurityContextHolderStrategy(unique(strategy));
			templateDefaults.ifUnique(resolver::setTemplateDefaults);
			return resolver;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Mono.class)
	static class ReactorConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		@ConditionalOnMissingBean
		ReactiveSecurityContextPostProcessor udsReactiveSecurityContextPostProcessor(
				ObjectProvider<SecurityContextHolderStrategy> strategy) {
			return new ReactiveSecurityContextPostProcessor(unique(strategy));
		}

	}

}
