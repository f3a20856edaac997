package io.github.udsboot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * Decides at run time which sockets an application has that was built ahead of time. It
 * was built with beans for all sockets that might be wanted, since only the environment
 * in which it runs knows the paths. Unwanted beans are removed again, so that the
 * application is the same as without the build, and names that only this environment has
 * are added.
 */
final class RunTimeSockets implements BeanDefinitionRegistryPostProcessor {

	private static final String LISTENER = "udsListenerContainer";

	private static final String CONNECTION_DETAILS = "udsConnectionDetails";

	private static final String TEMPLATE = "udsTemplate";

	/** Our beans that may or may not be wanted, with the classes that define them. */
	private static final Map<String, Class<?>> OURS = Map.of(LISTENER, UdsListenerAutoConfiguration.class,
			CONNECTION_DETAILS, UdsAutoConfiguration.class, TEMPLATE, UdsClientAutoConfiguration.class,
			"udsHandlerListenersVerifier", UdsListenerAutoConfiguration.class, "udsTypedClientsVerifier",
			UdsClientAutoConfiguration.class);

	private final ConfiguredSockets configured;

	private final Map<String, NamedSocketRegistrar<?>> named = new LinkedHashMap<>();

	RunTimeSockets(Environment environment) {
		this.configured = new ConfiguredSockets(environment);
		this.named.put(ListenerContainers.BEAN_NAME, new NamedListenerRegistrar(environment));
		this.named.put(ClientTemplates.BEAN_NAME, new NamedClientRegistrar(environment));
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (ConfiguredSockets.areDecidedAtRunTime()) {
			remember(registry);
		}
	}

	/** Definitions that have been turned into code no longer show their origin. */
	private void remember(BeanDefinitionRegistry registry) {
		Set<String> beanNames = new LinkedHashSet<>();
		for (String beanName : registry.getBeanDefinitionNames()) {
			if (isOurs(beanName, registry.getBeanDefinition(beanName))) {
				beanNames.add(beanName);
			}
		}
		RootBeanDefinition built = new RootBeanDefinition(BuiltSockets.class);
		built.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		built.getConstructorArgumentValues().addIndexedArgumentValue(0, beanNames);
		registry.registerBeanDefinition(BuiltSockets.BEAN_NAME, built);
	}

	private boolean isOurs(String beanName, BeanDefinition definition) {
		Class<?> ours = OURS.get(beanName);
		if (ours != null && definition instanceof AnnotatedBeanDefinition annotated) {
			MethodMetadata method = annotated.getFactoryMethodMetadata();
			return method != null && method.getDeclaringClassName().equals(ours.getName());
		}
		return this.named.values().stream().anyMatch((registrar) -> registrar.hasRegistered(definition));
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (!ConfiguredSockets.areDecidedAtRunTime() && beanFactory.containsBeanDefinition(BuiltSockets.BEAN_NAME)) {
			decide(beanFactory, (BeanDefinitionRegistry) beanFactory);
		}
	}

	private void decide(ConfigurableListableBeanFactory beanFactory, BeanDefinitionRegistry registry) {
		Set<String> built = beanFactory.getBean(BuiltSockets.BEAN_NAME, BuiltSockets.class).beanNames();
		Set<String> unwanted = new LinkedHashSet<>(built);
		if (this.configured.enabled()) {
			boolean ownConnectionDetails = Stream
				.of(beanFactory.getBeanNamesForType(UdsConnectionDetails.class, true, false))
				.anyMatch((beanName) -> !built.contains(beanName));
			unwanted.removeAll(wanted(ownConnectionDetails, registry));
		}
		unwanted.stream().filter(registry::containsBeanDefinition).forEach(registry::removeBeanDefinition);
	}

	private Set<String> wanted(boolean ownConnectionDetails, BeanDefinitionRegistry registry) {
		Set<String> wanted = new LinkedHashSet<>(OURS.keySet());
		if (!this.configured.listener()) {
			wanted.remove(LISTENER);
		}
		if (!this.configured.clientPath()) {
			wanted.remove(CONNECTION_DETAILS);
			if (!ownConnectionDetails) {
				wanted.remove(TEMPLATE);
			}
		}
		this.named.forEach((factoryBeanName, registrar) -> {
			if (registry.containsBeanDefinition(factoryBeanName)) {
				wanted.addAll(registrar.register(registry));
			}
		});
		return wanted;
	}

	/**
	 * For names that are added at run time, whose factory methods are not in generated
	 * code.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			for (Class<?> type : List.of(ListenerContainers.class, ClientTemplates.class)) {
				hints.reflection()
					.registerType(type, (hint) -> hint.withMethod(NamedSocketRegistrar.FACTORY_METHOD,
							List.of(TypeReference.of(String.class)), ExecutableMode.INVOKE));
			}
		}

	}

}
