package io.github.udsboot.client.service;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.convert.ConversionService;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;

/**
 * Creates typed clients for interfaces with {@link UdsExchange @UdsExchange} methods.
 *
 * <pre class="code">
 * OrderService orders = UdsServiceProxyFactory.builder(uds).build().createClient(OrderService.class);
 * Order order = orders.get(new OrderId(42));
 * </pre>
 *
 * Thread-safe, as are the clients, which have no state of their own.
 */
public final class UdsServiceProxyFactory {

	private final ExchangeMethodFactory exchangeMethods;

	private UdsServiceProxyFactory(Builder builder) {
		this.exchangeMethods = new ExchangeMethodFactory(builder.operations, builder.conversionService,
				builder.reactiveAdapterRegistry, builder.embeddedValueResolver);
	}

	/**
	 * Begin to build a factory.
	 * @param operations makes the calls, for a protocol of calls such as {@code ttrpc}
	 * @return the builder
	 */
	public static Builder builder(UdsOperations operations) {
		return new Builder(() -> operations);
	}

	/**
	 * Begin to build a factory whose clients are created before the operations that make
	 * their calls.
	 * @param operations provides the operations for each call, on any thread
	 * @return the builder
	 */
	public static Builder builder(Supplier<? extends UdsOperations> operations) {
		return new Builder(operations);
	}

	/**
	 * Create a typed client. All its methods are checked here; nothing is sent.
	 * @param <S> the type of the interface
	 * @param serviceType the interface, which need not be public
	 * @return the client
	 * @throws InvalidExchangeException if this is no such interface, or one of its
	 * methods cannot be called; the message names the method and the remedy
	 */
	public <S> S createClient(Class<S> serviceType) {
		if (!serviceType.isInterface() || serviceType.isAnnotation()) {
			throw new InvalidExchangeException(serviceType, null, "it is not an interface");
		}
		Map<Method, ServiceMethod> methods = new HashMap<>();
		boolean exchange = false;
		for (Method method : serviceType.getMethods()) {
			if (!Modifier.isStatic(method.getModifiers()) && !ReflectionUtils.isObjectMethod(method)) {
				ServiceMethod serviceMethod = create(serviceType, method);
				exchange |= serviceMethod instanceof ExchangeMethod;
				methods.put(method, serviceMethod);
			}
		}
		if (!exchange) {
			throw new InvalidExchangeException(serviceType, null, "it has no method with @UdsExchange: annotate one");
		}
		return serviceType.cast(Proxy.newProxyInstance(serviceType.getClassLoader(),
				new Class<?>[] { serviceType, UdsServiceProxy.class },
				new ServiceInvocationHandler(serviceType, methods)));
	}

	private ServiceMethod create(Class<?> serviceType, Method method) {
		// A bridge leads to the method that takes its place
		if (!method.isBridge() && ExchangeRoutes.isExchange(method)) {
			return this.exchangeMethods.create(serviceType, method);
		}
		if (method.isDefault()) {
			return new DefaultMethod(serviceType, method);
		}
		throw new InvalidExchangeException(serviceType, method,
				"it is abstract and has no @UdsExchange: annotate it, or make it a default method");
	}

	/**
	 * Builds a {@link UdsServiceProxyFactory}.
	 */
	public static final class Builder {

		private final Supplier<? extends UdsOperations> operations;

		private StringValueResolver embeddedValueResolver = (text) -> text;

		private ReactiveAdapterRegistry reactiveAdapterRegistry = ReactiveAdapterRegistry.getSharedInstance();

		private Supplier<ConversionService> conversionService = ArgumentText::defaults;

		private Builder(Supplier<? extends UdsOperations> operations) {
			this.operations = operations;
		}

		/**
		 * Set the resolver of property placeholders in routes, timeouts, and the names
		 * and default values of headers. By default they are not resolved.
		 * @param resolver the resolver
		 * @return this builder
		 */
		public Builder embeddedValueResolver(StringValueResolver resolver) {
			this.embeddedValueResolver = resolver;
			return this;
		}

		/**
		 * Set the service that turns the values of headers and destination variables into
		 * text. By default a {@code FormattingConversionService} that writes dates and
		 * times in ISO 8601 format, in every locale, and supports {@code @DateTimeFormat}
		 * and {@code @NumberFormat} on parameters.
		 * @param conversionService the service
		 * @return this builder
		 */
		public Builder conversionService(ConversionService conversionService) {
			this.conversionService = () -> conversionService;
			return this;
		}

		/**
		 * Set which reactive types are known, in addition to Java's futures. By default
		 * {@link ReactiveAdapterRegistry#getSharedInstance()}.
		 * @param registry the registry
		 * @return this builder
		 */
		public Builder reactiveAdapterRegistry(ReactiveAdapterRegistry registry) {
			this.reactiveAdapterRegistry = registry;
			return this;
		}

		/**
		 * Build the factory.
		 * @return the factory
		 */
		public UdsServiceProxyFactory build() {
			return new UdsServiceProxyFactory(this);
		}

	}

}
