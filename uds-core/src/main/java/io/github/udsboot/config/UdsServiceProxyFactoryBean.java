package io.github.udsboot.config;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.service.UdsServiceProxyFactory;

/**
 * Creates a typed client as a bean; registered by
 * {@link ImportUdsExchanges @ImportUdsExchanges}. An interface whose methods cannot be
 * called makes startup fail, even if it is not injected; a client that does not exist
 * makes the bean fail into which the typed client is injected.
 *
 * @param <T> the type of the interface
 */
public class UdsServiceProxyFactoryBean<T>
		implements FactoryBean<T>, BeanFactoryAware, EnvironmentAware, InitializingBean {

	private final Class<T> serviceType;

	private String client;

	private final ObjectProvider<UdsOperations> defaultOperations;

	private @Nullable BeanFactory beanFactory;

	private @Nullable UdsOperations operations;

	private @Nullable T typedClient;

	/**
	 * Create a factory bean.
	 * @param serviceType the interface, with {@code @UdsExchange} methods
	 * @param client the name of the client that makes the calls,
	 * {@link ImportUdsExchanges#DEFAULT_CLIENT} for the one without a name
	 * @param defaultOperations the client without a name
	 */
	public UdsServiceProxyFactoryBean(Class<T> serviceType, String client,
			ObjectProvider<UdsOperations> defaultOperations) {
		this.serviceType = serviceType;
		this.client = client;
		this.defaultOperations = defaultOperations;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/** Resolves again: a build ahead of time may not know what the name stands for. */
	@Override
	public void setEnvironment(Environment environment) {
		this.client = environment.resolvePlaceholders(this.client);
	}

	/**
	 * Create the typed client.
	 * @throws io.github.udsboot.client.service.InvalidExchangeException if a method of
	 * the interface cannot be called
	 */
	@Override
	public void afterPropertiesSet() {
		BeanFactory beans = this.beanFactory;
		Assert.state(beans != null, "A bean factory must be set");
		this.operations = find(beans);
		UdsServiceProxyFactory.Builder builder = UdsServiceProxyFactory.builder(this::operations);
		if (beans instanceof ConfigurableBeanFactory configurable) {
			builder.embeddedValueResolver(new EmbeddedValueResolver(configurable));
		}
		this.typedClient = builder.build().createClient(this.serviceType);
	}

	private @Nullable UdsOperations find(BeanFactory beans) {
		if (this.client.equals(ImportUdsExchanges.DEFAULT_CLIENT)) {
			return this.defaultOperations.getIfAvailable();
		}
		try {
			return BeanFactoryAnnotationUtils.qualifiedBeanOfType(beans, UdsOperations.class, this.client);
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw ex;
		}
		catch (NoSuchBeanDefinitionException ex) {
			return null;
		}
	}

	private UdsOperations operations() {
		UdsOperations operations = this.operations;
		if (operations == null) {
			throw new UnknownClientException(this.client, this.serviceType);
		}
		return operations;
	}

	/**
	 * Return the typed client.
	 * @return the client, always the same instance
	 * @throws UnknownClientException if the client that is to make its calls does not
	 * exist
	 */
	@Override
	public T getObject() {
		T client = this.typedClient;
		Assert.state(client != null, "The factory bean must be initialized");
		// Not earlier: a test of part of the application may do without it
		operations();
		return client;
	}

	/**
	 * Return the interface.
	 * @return the interface
	 */
	@Override
	public Class<T> getObjectType() {
		return this.serviceType;
	}

}
