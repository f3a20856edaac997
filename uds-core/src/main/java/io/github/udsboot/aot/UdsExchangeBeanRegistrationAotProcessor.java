package io.github.udsboot.aot;

import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragments;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragmentsDecorator;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.javapoet.ClassName;
import org.springframework.util.ClassUtils;

import io.github.udsboot.config.UdsServiceProxyFactoryBean;

/**
 * Finds typed clients and beans that implement contracts, and contributes the hints they
 * need.
 */
class UdsExchangeBeanRegistrationAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> beanClass = registeredBean.getBeanClass();
		if (UdsServiceProxyFactoryBean.class.isAssignableFrom(beanClass)) {
			Class<?> contract = registeredBean.getBeanType()
				.as(UdsServiceProxyFactoryBean.class)
				.getGeneric()
				.resolve();
			return (contract != null) ? new TypedClientContribution(registeredBean, contract) : null;
		}
		Set<Class<?>> contracts = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(beanClass));
		contracts.removeIf((type) -> !ExchangeHints.isContract(type));
		return contracts.isEmpty() ? null : (generationContext, code) -> {
			RuntimeHints hints = generationContext.getRuntimeHints();
			contracts.forEach((contract) -> new ExchangeHints(contract).register(hints, beanClass));
		};
	}

	/**
	 * Defines the bean in the package of its interface, which need not be public.
	 */
	private static final class TypedClientContribution implements BeanRegistrationAotContribution {

		private final RegisteredBean registeredBean;

		private final Class<?> contract;

		private TypedClientContribution(RegisteredBean registeredBean, Class<?> contract) {
			this.registeredBean = registeredBean;
			this.contract = contract;
		}

		@Override
		public BeanRegistrationCodeFragments customizeBeanRegistrationCodeFragments(GenerationContext generationContext,
				BeanRegistrationCodeFragments codeFragments) {
			if (this.registeredBean.getMergedBeanDefinition().getFactoryMethodName() != null) {
				return codeFragments;
			}
			ClassName target = ClassName.get(this.contract);
			return new BeanRegistrationCodeFragmentsDecorator(codeFragments) {

				@Override
				public ClassName getTarget(RegisteredBean registeredBean) {
					return target;
				}

			};
		}

		@Override
		public void applyTo(GenerationContext generationContext, BeanRegistrationCode beanRegistrationCode) {
			new ExchangeHints(this.contract).register(generationContext.getRuntimeHints(), this.contract);
		}

	}

}
