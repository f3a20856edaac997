package io.github.udsboot.autoconfigure;

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
 * default candidate, so that what is configured without a name can be injected without a
 * qualifier, and backs off as if these were not there. A bean of the application with the
 * same bean name takes its place.
 *
 * @param <P> the type of the properties below a name
 */
abstract class NamedSocketRegistrar<P> implements ImportBeanDefinitionRegistrar {

	/** The method of the factory bean that takes a name. */
	static final String FACTORY_METHOD = "named";

	private final Environment environment;

	private final String prefix;

	private final Class<P> propertiesType;

	private final String singleForm;

	private final Class<?> beanType;

	private final String factoryBeanName;

	/**
	 * Create a registrar.
	 * @param environment the environment
	 * @param prefix what the names stand below
	 * @param propertiesType the type of the properties below a name
	 * @param singleForm where the properties stand that need no name
	 * @param beanType the type of the beans; its simple name is the end of their names
	 * @param factoryBeanName the name of the bean that makes them
	 */
	NamedSocketRegistrar(Environment environment, String prefix, Class<P> propertiesType, String singleForm,
			Class<?> beanType, String factoryBeanName) {
		this.environment = environment;
		this.prefix = prefix;
		this.propertiesType = propertiesType;
		this.singleForm = singleForm;
		this.beanType = beanType;
		this.factoryBeanName = factoryBeanName;
	}

	/** What cannot be bound is reported when the properties are bound as a bean. */
	private Map<String, P> bind() {
		return SocketNames.distinct(Binder.get(this.environment, new IgnoreErrorsBindHandler())
			.bind(this.prefix, Bindable.mapOf(String.class, this.propertiesType))
			.orElseGet(Map::of));
	}

	/**
	 * Return whether there is to be a bean.
	 * @param properties the properties below its name
	 * @return whether there is
	 */
	boolean isEnabled(P properties) {
		return true;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClassMetadata, BeanDefinitionRegistry registry) {
		register(registry);
	}

	/**
	 * Register what is not there yet.
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
	 * Return whether a bean is one of those that are registered here.
	 * @param definition the definition, before it was turned into code
	 * @return whether it is
	 */
	boolean hasRegistered(BeanDefinition definition) {
		return this.factoryBeanName.equals(definition.getFactoryBeanName())
				&& FACTORY_METHOD.equals(definition.getFactoryMethodName());
	}

	/** A factory method, since ahead-of-time processing cannot see through suppliers. */
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
