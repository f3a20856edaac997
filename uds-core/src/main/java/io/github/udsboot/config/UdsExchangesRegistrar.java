package io.github.udsboot.config;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * Registers the typed clients of {@link ImportUdsExchanges @ImportUdsExchanges}, each
 * qualified with the name of its client.
 */
class UdsExchangesRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	UdsExchangesRegistrar(Environment environment, ResourceLoader resourceLoader) {
		this.environment = environment;
		this.resourceLoader = resourceLoader;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		TypedClientPrimaries.register(registry);
		for (AnnotationAttributes attributes : metadata.getMergedRepeatableAnnotationAttributes(
				ImportUdsExchanges.class, ImportUdsExchanges.Container.class, true)) {
			String client = this.environment.resolvePlaceholders(attributes.getString("client"));
			boolean primary = attributes.getBoolean("primary");
			for (String typeName : typeNames(attributes, metadata)) {
				Class<?> serviceType = ClassUtils.resolveClassName(typeName, this.resourceLoader.getClassLoader());
				register(serviceType, client, primary, registry);
			}
		}
	}

	private Set<String> typeNames(AnnotationAttributes attributes, AnnotationMetadata metadata) {
		Set<String> names = new LinkedHashSet<>(Arrays.asList(attributes.getStringArray("types")));
		Set<String> packages = new LinkedHashSet<>(Arrays.asList(attributes.getStringArray("basePackages")));
		Stream.of(attributes.getStringArray("basePackageClasses"))
			.map(ClassUtils::getPackageName)
			.forEach(packages::add);
		if (names.isEmpty() && packages.isEmpty()) {
			packages.add(ClassUtils.getPackageName(metadata.getClassName()));
		}
		if (!packages.isEmpty()) {
			UdsExchangeScanner scanner = new UdsExchangeScanner(this.environment, this.resourceLoader);
			packages.forEach((basePackage) -> names.addAll(scanner.find(basePackage)));
		}
		return names;
	}

	private static void register(Class<?> serviceType, String client, boolean primary,
			BeanDefinitionRegistry registry) {
		String beanName = client + "#" + serviceType.getName();
		if (!registry.containsBeanDefinition(beanName)) {
			registry.registerBeanDefinition(beanName, define(serviceType, client, primary));
		}
	}

	/**
	 * Uses the name of the interface, since generated code may not have access to the
	 * class.
	 */
	private static RootBeanDefinition define(Class<?> serviceType, String client, boolean primary) {
		RootBeanDefinition definition = new RootBeanDefinition(UdsServiceProxyFactoryBean.class);
		definition.setTargetType(ResolvableType.forClassWithGenerics(UdsServiceProxyFactoryBean.class, serviceType));
		definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, serviceType);
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, serviceType.getName());
		definition.getConstructorArgumentValues().addIndexedArgumentValue(1, client);
		definition.setPrimary(primary);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, client));
		return definition;
	}

}
