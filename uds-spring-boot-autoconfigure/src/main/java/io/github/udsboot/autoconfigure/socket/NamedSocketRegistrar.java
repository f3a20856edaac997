package io.github.udsboot.autoconfigure.socket;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a bean for each name in the configuration, qualified with the name. None is a
 * default candidate, so that the unnamed socket can be injected without a qualifier, and
 * backs off as if these beans did not exist. A bean of the application with the same bean
 * name takes precedence.
 *
 * @param <P> the type of the properties below a name
 */
public abstract class NamedSocketRegistrar<P> implements ImportBeanDefinitionRegistrar {

	/** The method of the factory bean that takes a name. */
	private static final String FACTORY_METHOD = "named";

	private final Environment environment;

	private final String prefix;

	private final Class<P> propertiesType;

	private final String singleForm;

	private final Class<?> beanType;

	private final String factoryBeanName;

	/**
	 * Create a registrar.
	 * @param environment the environment
	 * @param prefix the prefix of the names
	 * @param propertiesType the type of the properties below a name
	 * @param singleForm the prefix of the properties that need no name
	 * @param beanType the type of the beans; its simple name is the end of their names
	 * @param factoryBeanName the name of the bean that creates them
	 */
	protected NamedSocketRegistrar(Environment environment, String prefix, Class<P> propertiesType, String singleForm,
			Class<?> beanType, String factoryBeanName) {
		this.environment = environment;
		this.prefix = prefix;
		this.propertiesType = propertiesType;
		this.singleForm = singleForm;
		this.beanType = beanType;
		this.factoryBeanName = factoryBeanName;
	}

	/**
	 * Values that cannot be bound are reported when the properties are bound as a bean.
	 */
	private Map<String, P> bind() {
		return SocketNames.distinct(Binder.get(this.environment, new IgnoreErrorsBindHandler())
			.bind(this.prefix, Bindable.mapOf(String.class, this.propertiesType))
			.orElseGet(Map::of));
	}

	/**
	 * Return whether there should be a bean.
	 * @param properties the properties below its name
	 * @return whether there should be one
	 */
	protected boolean isEnabled(P properties) {
		return true;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClassMetadata, BeanDefinitionRegistry registry) {
		register(registry);
	}

	/**
	 * Register the beans that do not exist yet.
	 * @param registry takes the definitions
	 * @return the names of the beans of all sockets that are enabled
	 */
	Set<String> register(BeanDefinitionRegistry registry) {
		Set<String> beanNames = new LinkedHashSet<>();
		bind().forEach((name, properties) -> {
			SocketNames.check(this.prefix, name, this.singleForm);
			String beanName = name + this.beanType.getSimpleName();
			if (isEnabled(properties)) {
				beanNames.add(beanName);
				if (!registry.containsBeanDefinition(beanName)) {
					registry.registerBeanDefinition(beanName, define(name));
				}
			}
		});
		return beanNames;
	}

	/**
	 * Register the beans that do not exist yet, if there is the bean that creates them.
	 * @param registry takes the definitions
	 * @return the names of the beans of all sockets that are enabled
	 */
	Set<String> registerIfPossible(BeanDefinitionRegistry registry) {
		return registry.containsBeanDefinition(this.factoryBeanName) ? register(registry) : Set.of();
	}

	/**
	 * Return whether a bean was registered here.
	 * @param definition the definition, before it was turned into code
	 * @return whether it is
	 */
	boolean hasRegistered(BeanDefinition definition) {
		return this.factoryBeanName.equals(definition.getFactoryBeanName())
				&& FACTORY_METHOD.equals(definition.getFactoryMethodName());
	}

	/** A factory method, since ahead-of-time processing cannot inspect suppliers. */
	private RootBeanDefinition define(String name) {
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(this.beanType);
		definition.setFactoryBeanName(this.factoryBeanName);
		definition.setFactoryMethodName(FACTORY_METHOD);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		definition.setDefaultCandidate(false);
		return definition;
	}

}
