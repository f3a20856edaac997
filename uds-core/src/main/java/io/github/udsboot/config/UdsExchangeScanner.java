package io.github.udsboot.config;

import java.util.List;
import java.util.Objects;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Searches packages for interfaces that are contracts.
 */
class UdsExchangeScanner extends ClassPathScanningCandidateComponentProvider {

	UdsExchangeScanner(Environment environment, ResourceLoader resourceLoader) {
		super(false, environment);
		setResourceLoader(resourceLoader);
		addIncludeFilter(new ContractFilter());
	}

	/**
	 * Search a package.
	 * @param basePackage the package, including its subpackages
	 * @return the names of the interfaces, without generic ones
	 */
	List<String> find(String basePackage) {
		return findCandidateComponents(basePackage).stream()
			.map(BeanDefinition::getBeanClassName)
			.filter(Objects::nonNull)
			.filter((name) -> !isGeneric(name))
			.sorted()
			.toList();
	}

	private boolean isGeneric(String typeName) {
		ClassLoader classLoader = getResourceLoader().getClassLoader();
		return ClassUtils.resolveClassName(typeName, classLoader).getTypeParameters().length > 0;
	}

	@Override
	protected boolean isCandidateComponent(AnnotatedBeanDefinition beanDefinition) {
		AnnotationMetadata metadata = beanDefinition.getMetadata();
		return metadata.isIndependent() && metadata.isInterface() && !metadata.isAnnotation();
	}

	/** Checks the interface, those that it extends, and its own methods. */
	private static final class ContractFilter extends AnnotationTypeFilter {

		private ContractFilter() {
			super(UdsExchange.class, true, true);
		}

		@Override
		protected boolean matchSelf(MetadataReader metadataReader) {
			return super.matchSelf(metadataReader)
					|| metadataReader.getAnnotationMetadata().hasAnnotatedMethods(UdsExchange.class.getName());
		}

	}

}
