package io.github.udsboot.autoconfigure.socket;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * Decides at run time which listeners, or which clients, an application has that was
 * built ahead of time. It was built with beans for all that might be wanted, since only
 * the environment in which it runs knows the paths. Unwanted beans are removed again, so
 * that the application is the same as without the build, and names that only this
 * environment has are added.
 */
public abstract class RunTimeSockets implements BeanDefinitionRegistryPostProcessor {

	private final ConfiguredSockets configured;

	private final NamedSocketRegistrar<?> named;

	private final Class<?> autoConfiguration;

	private final Set<String> ours;

	private final String builtBeanName;

	/**
	 * Create an instance.
	 * @param environment the environment
	 * @param named registers the beans of the names in the environment
	 * @param autoConfiguration the class that defines the beans without a name
	 * @param ours the names of those of its beans that may or may not be wanted
	 * @param builtBeanName the name of the {@link BuiltSockets} bean
	 */
	protected RunTimeSockets(Environment environment, NamedSocketRegistrar<?> named, Class<?> autoConfiguration,
			Set<String> ours, String builtBeanName) {
		this.configured = new ConfiguredSockets(environment);
		this.named = named;
		this.autoConfiguration = autoConfiguration;
		this.ours = ours;
		this.builtBeanName = builtBeanName;
	}

	/**
	 * Return whether a bean without a name is wanted.
	 * @param beanName the name of one of the auto-configuration's beans
	 * @param configured the sockets that the environment asks for
	 * @param beanFactory the beans
	 * @param built the names of the beans that were built, wanted or not
	 * @return whether it is
	 */
	protected abstract boolean isWanted(String beanName, ConfiguredSockets configured,
			ConfigurableListableBeanFactory beanFactory, Set<String> built);

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
		registry.registerBeanDefinition(this.builtBeanName, built);
	}

	private boolean isOurs(String beanName, BeanDefinition definition) {
		if (this.ours.contains(beanName) && definition instanceof AnnotatedBeanDefinition annotated) {
			MethodMetadata method = annotated.getFactoryMethodMetadata();
			return method != null && method.getDeclaringClassName().equals(this.autoConfiguration.getName());
		}
		return this.named.hasRegistered(definition);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (!ConfiguredSockets.areDecidedAtRunTime() && beanFactory.containsBeanDefinition(this.builtBeanName)) {
			decide(beanFactory, (BeanDefinitionRegistry) beanFactory);
		}
	}

	private void decide(ConfigurableListableBeanFactory beanFactory, BeanDefinitionRegistry registry) {
		Set<String> built = beanFactory.getBean(this.builtBeanName, BuiltSockets.class).beanNames();
		Set<String> unwanted = new LinkedHashSet<>(built);
		if (this.configured.enabled()) {
			unwanted.removeIf((beanName) -> this.ours.contains(beanName)
					&& isWanted(beanName, this.configured, beanFactory, built));
			unwanted.removeAll(this.named.registerIfPossible(registry));
		}
		unwanted.stream().filter(registry::containsBeanDefinition).forEach(registry::removeBeanDefinition);
	}

}
