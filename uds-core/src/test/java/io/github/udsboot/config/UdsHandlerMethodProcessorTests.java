package io.github.udsboot.config;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.env.MapPropertySource;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.config.contracts.PackagePrivateHandler;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.method.InvalidHandlerException;
import io.github.udsboot.handler.route.AmbiguousRouteException;
import io.github.udsboot.handler.route.InvalidRouteException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UdsHandlerMethodProcessorTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final AtomicInteger advised = new AtomicInteger();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void methodOfABeanIsFound() {
		start(Simple.class);
		assertThat(call("simple.greet", "Ada")).isEqualTo("Hello Ada");
		assertThat(router().find("simple.greet").handler().execution()).isEqualTo(Execution.POOL);
		assertThat(router().find("simple.greet").handler()).hasToString(Simple.class.getName() + ".greet(String)");
	}

	@Test
	void inheritedMethodIsFound() {
		start(Derived.class);
		assertThat(call("simple.greet", "Ada")).isEqualTo("Hello Ada!");
	}

	@Test
	void prefixOfTheClassGoesBeforeTheRoute() {
		start(Prefixed.class);
		assertThat(call("orders.get", "7")).isEqualTo("get 7");
		assertThat(call("orders", "")).isEqualTo("all");
	}

	@Test
	void listenerAndExecutionOfTheClassAreDefaults() {
		start(Prefixed.class, OnListener.class);
		UdsRouter admin = registry().routerFor("admin");
		assertThat(registry().listenerNames()).containsExactlyInAnyOrder("default", "admin", "public", "side");
		assertThat(registry().routerFor("side").find("on.it")).isNotNull();
		assertThat(admin.find("orders.admin").handler().execution()).isEqualTo(Execution.INLINE);
		assertThat(registry().routerFor("public").find("orders.admin")).isNotNull();
	}

	@Test
	void annotationsOnAnInterfaceCount() {
		start(Implementation.class);
		assertThat(call("contract.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
	}

	@Test
	void genericBridgeMethodIsRegisteredOnce() {
		start(GenericImplementation.class);
		assertThat(call("generic.handle", "{\"id\":7}")).isEqualTo("7");
	}

	@Test
	void jdkProxyOfAnInterfaceWithAnnotationsIsCalledWithItsAdvice() {
		start(true, false, Implementation.class);
		assertThat(AopUtils.isJdkDynamicProxy(this.context.getBean(Contract.class))).isTrue();
		assertThat(call("contract.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void jdkProxyOfAClassWithAnnotationsIsCalledWithItsAdvice() {
		start(true, false, AnnotatedImplementation.class);
		assertThat(call("plain.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void jdkProxyKeepsTheTypesOfAGenericInterface() {
		start(true, false, GenericImplementation.class);
		assertThat(call("generic.handle", "{\"id\":7}")).isEqualTo("7");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void jdkProxyWithoutTheMethodFailsAtStart() {
		assertThatIllegalStateException().isThrownBy(() -> start(true, false, NotInInterface.class))
			.withMessageContaining("NotInInterface.extra()")
			.withMessageContaining("Tests.NotInInterface'")
			.withMessageContaining("switch to class-based proxies");
	}

	@Test
	void classBasedProxyIsCalledWithItsAdvice() {
		start(true, true, Simple.class, PackagePrivate.class);
		assertThat(AopUtils.isCglibProxy(this.context.getBean(Simple.class))).isTrue();
		assertThat(call("simple.greet", "Ada")).isEqualTo("Hello Ada");
		assertThat(call("package.private", "")).isEqualTo("seen");
		assertThat(this.advised).hasValue(2);
	}

	@Test
	void proxyMadeByHandIsLookedBehind() {
		AnnotatedImplementation target = new AnnotatedImplementation();
		ProxyFactory factory = new ProxyFactory(target);
		factory.addAdvice(advice());
		this.context.registerBean("handMade", Plain.class, () -> (Plain) factory.getProxy());
		start();
		assertThat(call("plain.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void proxyThatIsNotSpringsIsSeenByItsInterfaces() {
		Contract proxy = (Contract) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Contract.class }, (self, method, args) -> method.getName().equals("echo")
						? "proxied " + args[0] : method.invoke(this, args));
		this.context.getBeanFactory().registerSingleton("proxy", proxy);
		start();
		assertThat(call("contract.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("proxied a");
	}

	@Test
	void beanOfAConfigurationClassIsSeenByItsRealClass() {
		start(Beans.class);
		assertThat(call("plain.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
	}

	@Test
	void configurationClassMayHaveHandlers() {
		start(Beans.class);
		assertThat(call("from.configuration", "")).isEqualTo("here");
	}

	@Test
	void placeholdersAreResolved() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("service", "billing", "socket", "admin")));
		start(Placeholders.class);
		assertThat(registry().routerFor("admin").find("billing.v1.pay")).isNotNull();
		assertThat(registry().routerFor("admin").find("billing.pay.7").variables()).isEqualTo(Map.of("id", "7"));
	}

	@Test
	void placeholderWithoutValueFailsAndNamesTheMethod() {
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> start(Placeholders.class))
			.withMessageContaining("Placeholders.")
			.withMessageContaining("has no value");
	}

	@Test
	void ambiguousRoutesFailAndNameBothMethods() {
		assertThatExceptionOfType(AmbiguousRouteException.class).isThrownBy(() -> start(Simple.class, SameRoute.class))
			.withMessageContaining(Simple.class.getName() + ".greet(String)")
			.withMessageContaining(SameRoute.class.getName() + ".hello()");
	}

	@Test
	void privateMethodFails() {
		assertThatIllegalStateException().isThrownBy(() -> start(PrivateHandler.class))
			.withMessageContaining("PrivateHandler.hidden()")
			.withMessageContaining("private or protected");
	}

	@Test
	void protectedMethodFails() {
		assertThatIllegalStateException().isThrownBy(() -> start(ProtectedHandler.class))
			.withMessageContaining("ProtectedHandler.hidden()")
			.withMessageContaining("private or protected");
	}

	@Test
	void finalMethodFailsBehindAClassBasedProxyOnly() {
		assertThatIllegalStateException().isThrownBy(() -> start(true, true, FinalHandler.class))
			.withMessageContaining("FinalHandler.sealed()")
			.withMessageContaining("final");
	}

	@Test
	void staticMethodFailsBehindAClassBasedProxyOnly() {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> start(true, true, StaticHandler.class))
			.withMessageContaining("StaticHandler.shared() of bean 'udsHandlerMethodProcessorTests.StaticHandler'")
			.withMessageContaining("it is static and its bean is proxied");
	}

	@Test
	void staticMethodWorksWithoutProxy() {
		start(StaticHandler.class);
		assertThat(call("static", "")).isEqualTo("value");
	}

	@Test
	void packagePrivateMethodOfAnotherPackageFailsBehindAClassBasedProxyOnly() {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> start(true, true, DerivedElsewhere.class))
			.withMessageContaining("PackagePrivateHandler.see()")
			.withMessageContaining("package-private in another package")
			.withMessageContaining("make it public");
	}

	@Test
	void packagePrivateMethodOfAnotherPackageWorksWithoutProxy() {
		start(DerivedElsewhere.class);
		assertThat(call("package.elsewhere", "")).isEqualTo("seen");
	}

	@Test
	void finalMethodWorksWithoutProxy() {
		start(FinalHandler.class);
		assertThat(call("final", "")).isEqualTo("value");
	}

	@Test
	void lazyBeanIsCreatedByTheFirstRequest() {
		LazyHandler.created.set(0);
		start(LazyHandler.class);
		assertThat(router().find("lazy")).isNotNull();
		assertThat(LazyHandler.created).hasValue(0);
		assertThat(call("lazy", "")).isEqualTo("1");
		assertThat(call("lazy", "")).isEqualTo("1");
	}

	@Test
	void lazyBeanThatIsProxiedIsCalledWithItsAdvice() {
		start(true, true, LazyHandler.class);
		call("lazy", "");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void lazyBeanBehindAJdkProxyIsCalledWithItsAdvice() {
		start(true, false, LazyImplementation.class);
		assertThat(call("plain.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
		assertThat(this.advised).hasValue(1);
	}

	@Test
	void prototypeIsCreatedForEachRequest() {
		PrototypeHandler.created.set(0);
		start(PrototypeHandler.class);
		assertThat(PrototypeHandler.created).hasValue(0);
		assertThat(call("prototype", "")).isEqualTo("1");
		assertThat(call("prototype", "")).isEqualTo("2");
	}

	@Test
	void scopedBeanIsRegisteredOnceAndCalledThroughItsProxy() {
		start(ScopedHandler.class);
		assertThat(this.context.getBeanNamesForType(ScopedHandler.class)).hasSize(2);
		String first = call("scoped", "");
		assertThat(call("scoped", "")).isNotEqualTo(first);
	}

	@Test
	void scopedBeanBehindAnInterfaceIsFoundByItsClass() {
		start(ScopedImplementation.class);
		assertThat(call("plain.echo", "a", Map.of("tenant", List.of("t")))).isEqualTo("a t");
	}

	@Test
	void productOfAFactoryBeanMayHaveHandlers() {
		start(SimpleFactory.class);
		assertThat(call("simple.greet", "Ada")).isEqualTo("Hello Ada");
	}

	@Test
	void handlerWithoutRouteIsADefaultHandler() {
		start(Routeless.class);
		assertThat(router().find("")).isNull();
		assertThat(router().defaultHandler()).hasToString(Routeless.class.getName() + ".line(String)");
	}

	@Test
	void nothingIsCreatedThatHasNoHandlers() {
		Unrelated.created.set(0);
		start(Unrelated.class, Simple.class);
		call("simple.greet", "Ada");
		assertThat(Unrelated.created).hasValue(0);
	}

	@Test
	void contextWithoutHandlersHasNoListeners() {
		start(Unrelated.class);
		assertThat(registry().listenerNames()).isEmpty();
	}

	private void start(Class<?>... beans) {
		this.context.registerBean(HandlerRegistry.class, (Supplier<HandlerRegistry>) HandlerRegistry::new);
		this.context.registerBean(UdsHandlerMethodProcessor.class);
		if (beans.length > 0) {
			this.context.register(beans);
		}
		this.context.refresh();
	}

	private void start(boolean proxied, boolean classBased, Class<?>... beans) {
		this.context.registerBean("advice", MethodInterceptor.class, this::advice);
		this.context.registerBean(BeanNameAutoProxyCreator.class, () -> {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("*Tests.*");
			creator.setInterceptorNames("advice");
			creator.setProxyTargetClass(classBased);
			return creator;
		});
		start(beans);
	}

	private MethodInterceptor advice() {
		return (invocation) -> {
			this.advised.incrementAndGet();
			return invocation.proceed();
		};
	}

	private HandlerRegistry registry() {
		return this.context.getBean(HandlerRegistry.class);
	}

	private UdsRouter router() {
		return registry().routerFor("default");
	}

	private String call(String route, String payload) {
		return call(route, payload, Map.of());
	}

	private String call(String route, String payload, Map<String, List<String>> metadata) {
		UdsRouter.Match match = router().find(route);
		assertThat(match).as(route).isNotNull();
		List<UdsReply> replies = new ArrayList<>();
		PeerCredentials peer = new PeerCredentials(() -> "ada", null, null, null, null);
		match.handler()
			.handle(new UdsRequest(route, payload.getBytes(StandardCharsets.UTF_8), metadata, peer,
					UdsRequest.NO_DEADLINE), match.variables(), replies::add);
		assertThat(replies).hasSize(1);
		assertThat(replies.get(0).message()).isEmpty();
		return new String(replies.get(0).payload(), StandardCharsets.UTF_8);
	}

	static class Simple {

		@UdsHandler(value = "simple.greet", execution = Execution.POOL)
		String greet(String name) {
			return "Hello " + name;
		}

	}

	static class Derived extends Simple {

		@Override
		String greet(String name) {
			return super.greet(name) + "!";
		}

	}

	static class StaticHandler {

		@UdsHandler("static")
		static String shared() {
			return "value";
		}

	}

	static class DerivedElsewhere extends PackagePrivateHandler {

	}

	static class PackagePrivate {

		private final String state = "seen";

		@UdsHandler("package.private")
		String see() {
			return this.state;
		}

	}

	@UdsHandler(value = "orders", execution = Execution.INLINE)
	static class Prefixed {

		@UdsHandler("get")
		String get(String id) {
			return "get " + id;
		}

		@UdsHandler
		String all() {
			return "all";
		}

		@UdsHandler(value = "admin", listener = { "admin", "public", "admin" })
		String admin() {
			return "admin";
		}

	}

	@UdsHandler(value = "on", listener = "side")
	static class OnListener {

		@UdsHandler("it")
		String it() {
			return "it";
		}

	}

	@UdsHandler("contract")
	interface Contract {

		@UdsHandler("echo")
		String echo(String text, @Header("tenant") String tenant);

	}

	static class Implementation implements Contract {

		@Override
		public String echo(String text, String tenant) {
			return text + " " + tenant;
		}

	}

	interface Plain {

		String echo(String text, String tenant);

	}

	static class AnnotatedImplementation implements Plain {

		@Override
		@UdsHandler("plain.echo")
		public String echo(String text, @Header("tenant") String tenant) {
			return text + " " + tenant;
		}

	}

	@Lazy
	static class LazyImplementation extends AnnotatedImplementation {

	}

	@Scope(value = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
	static class ScopedImplementation extends AnnotatedImplementation {

	}

	record Order(int id) {

	}

	interface Generic<T> {

		@UdsHandler("generic.handle")
		String handle(T value);

	}

	static class GenericImplementation implements Generic<Order> {

		@Override
		public String handle(Order value) {
			return String.valueOf(value.id());
		}

	}

	static class NotInInterface implements Plain {

		@Override
		public String echo(String text, String tenant) {
			return text;
		}

		@UdsHandler("extra")
		String extra() {
			return "";
		}

	}

	@Configuration
	static class Beans {

		@Bean
		Plain plain() {
			return new AnnotatedImplementation();
		}

		@UdsHandler("from.configuration")
		String here() {
			return "here";
		}

	}

	@UdsHandler(value = "${service}", listener = "${socket}")
	static class Placeholders {

		@UdsHandler("${version:v1}.pay")
		String pay() {
			return "";
		}

		@UdsHandler("pay.{id}")
		String payOne() {
			return "";
		}

	}

	static class SameRoute {

		@UdsHandler("simple.greet")
		String hello() {
			return "";
		}

	}

	static class PrivateHandler {

		@UdsHandler("hidden")
		private String hidden() {
			return "";
		}

	}

	static class ProtectedHandler {

		@UdsHandler("hidden")
		protected String hidden() {
			return "";
		}

	}

	static class FinalHandler {

		private final String value = "value";

		@UdsHandler("final")
		final String sealed() {
			return this.value;
		}

	}

	@Lazy
	static class LazyHandler {

		static final AtomicInteger created = new AtomicInteger();

		private final int number = created.incrementAndGet();

		@UdsHandler("lazy")
		int number() {
			return this.number;
		}

	}

	@Scope("prototype")
	static class PrototypeHandler {

		static final AtomicInteger created = new AtomicInteger();

		private final int number = created.incrementAndGet();

		@UdsHandler("prototype")
		int number() {
			return this.number;
		}

	}

	@Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class ScopedHandler {

		private final int identity = System.identityHashCode(this);

		@UdsHandler("scoped")
		int identity() {
			return this.identity;
		}

	}

	static class SimpleFactory implements FactoryBean<Simple> {

		@Override
		public Simple getObject() {
			return new Simple();
		}

		@Override
		public Class<?> getObjectType() {
			return Simple.class;
		}

	}

	static class Routeless {

		@UdsHandler
		String line(String line) {
			return line;
		}

	}

	@Lazy
	static class Unrelated {

		static final AtomicInteger created = new AtomicInteger();

		Unrelated() {
			created.incrementAndGet();
		}

	}

}
