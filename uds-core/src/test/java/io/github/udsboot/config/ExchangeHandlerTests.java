package io.github.udsboot.config;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.MapPropertySource;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.service.UdsServiceProxyFactory;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.method.HandlerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Beans that serve the routes of contracts, and clients that must not.
 */
class ExchangeHandlerTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void beanThatImplementsAContractServesItsRoutes() {
		start(Service.class);
		assertThat(call("orders.7.get", "x", Map.of("tenant", List.of("acme")))).isEqualTo("7 x acme");
		assertThat(call("orders.default", "")).isEqualTo("by default");
		assertThat(registry().listenerNames()).containsExactly("default");
	}

	@Test
	void beanWithoutTheAnnotationOfAHandlerServesNothing() {
		start(Unmarked.class);
		assertThat(registry().listenerNames()).isEmpty();
	}

	@Test
	void classGivesListenerExecutionAndThePrefixOfItsOwnRoutesOnly() {
		start(Mixed.class);
		UdsRouter side = registry().routerFor("side");
		assertThat(side.find("orders.7.get").handler().execution()).isEqualTo(Execution.POOL);
		assertThat(side.find("mine.own")).isNotNull();
		assertThat(side.find("mine.orders.7.get")).isNull();
		assertThat(registry().routerFor("public").find("orders.default").handler().execution())
			.isEqualTo(Execution.INLINE);
	}

	@Test
	void methodAloneMayBeAnnotated() {
		start(MethodOnly.class);
		assertThat(router().find("orders.7.get")).isNotNull();
		assertThat(router().find("orders.default")).isNull();
	}

	@Test
	void prefixIsThatOfTheContractWhichIsImplemented() {
		start(Users.class, Both.class);
		assertThat(call("users.get", "1")).isEqualTo("user 1");
		assertThat(call("first.get", "1")).isEqualTo("both 1");
		assertThat(call("second.get", "1")).isEqualTo("both 1");
		assertThat(router().find("get")).isNull();
	}

	@Test
	void placeholdersOfTheContractAreResolved() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("prefix", "resolved")));
		start(Placeholders.class);
		assertThat(call("resolved.get", "")).isEqualTo("got");
	}

	@Test
	void beanBehindAJdkProxyIsServed() {
		startProxied(false, Service.class);
		assertThat(call("orders.7.get", "x", Map.of("tenant", List.of("acme")))).isEqualTo("7 x acme!");
	}

	@Test
	void beanBehindAClassBasedProxyIsServed() {
		startProxied(true, Service.class);
		assertThat(call("orders.7.get", "x", Map.of("tenant", List.of("acme")))).isEqualTo("7 x acme!");
	}

	@Test
	void lazyBeanIsServed() {
		start(LazyService.class);
		assertThat(call("orders.default", "")).isEqualTo("by default");
	}

	@Test
	void timeThatIsLeftIsAnArgument() {
		start(TimedService.class);
		long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
		Duration left = Duration.parse(call("left", "x", Map.of(), deadline));
		assertThat(left).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(5)).isGreaterThan(Duration.ofMinutes(4));
		assertThat(call("left", "x", Map.of(), System.nanoTime() - 1)).isEqualTo("PT0S");
		assertThat(call("left", "x")).isEqualTo("for ever");
	}

	@Test
	void routeBesideThatOfTheContractFails() {
		assertThatIllegalStateException().isThrownBy(() -> start(TwoRoutes.class))
			.withMessageContaining("TwoRoutes.get(")
			.withMessageContaining("@UdsExchange gives it a route already");
	}

	@Test
	void exchangeOnAClassFails() {
		assertThatIllegalStateException().isThrownBy(() -> start(OnClass.class))
			.withMessageContaining("OnClass.get()")
			.withMessageContaining("use @UdsHandler here");
	}

	@Test
	void typedClientIsNoHandler() {
		this.context.registerBean(UdsOperations.class, () -> BDDMockito.mock(UdsOperations.class));
		start(Clients.class);
		assertThat(this.context.getBeansOfType(Marked.class)).hasSize(2);
		assertThat(registry().listenerNames()).isEmpty();
	}

	@Test
	void typedClientThatIsLazyOrProxiedIsNoHandler() {
		this.context.registerBean(UdsOperations.class, () -> BDDMockito.mock(UdsOperations.class));
		this.context.addBeanFactoryPostProcessor((beans) -> {
			for (String name : beans.getBeanDefinitionNames()) {
				beans.getBeanDefinition(name).setLazyInit(name.startsWith("default#"));
			}
		});
		startProxied(true, Clients.class);
		assertThat(registry().listenerNames()).isEmpty();
		assertThat(this.context.getBeansOfType(Marked.class)).hasSize(2);
	}

	private void start(Class<?>... beans) {
		this.context.registerBean(HandlerRegistry.class, (Supplier<HandlerRegistry>) HandlerRegistry::new);
		this.context.registerBean(UdsHandlerMethodProcessor.class);
		this.context.register(beans);
		this.context.refresh();
	}

	private void startProxied(boolean classBased, Class<?>... beans) {
		this.context.registerBean("advice", MethodInterceptor.class, () -> (invocation) -> {
			Object result = invocation.proceed();
			return (result instanceof String text) ? text + "!" : result;
		});
		this.context.registerBean(BeanNameAutoProxyCreator.class, () -> {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("*Tests.*", "handMade", "default#*");
			creator.setInterceptorNames("advice");
			creator.setProxyTargetClass(classBased);
			return creator;
		});
		start(beans);
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
		return call(route, payload, metadata, UdsRequest.NO_DEADLINE);
	}

	private String call(String route, String payload, Map<String, List<String>> metadata, long deadline) {
		UdsRouter.Match match = router().find(route);
		assertThat(match).as(route).isNotNull();
		List<UdsReply> replies = new ArrayList<>();
		PeerCredentials peer = new PeerCredentials(() -> "ada", null, null, null, null);
		match.handler()
			.handle(new UdsRequest(route, payload.getBytes(StandardCharsets.UTF_8), metadata, peer, deadline),
					match.variables(), replies::add);
		assertThat(replies).hasSize(1);
		assertThat(replies.get(0).message()).isEmpty();
		return new String(replies.get(0).payload(), StandardCharsets.UTF_8);
	}

	@UdsExchange("orders")
	interface Contract {

		@UdsExchange("{id}.get")
		String get(@DestinationVariable("id") long id, String payload, @Header("Tenant") String tenant);

		@UdsExchange("default")
		default String byDefault() {
			return "by default";
		}

	}

	static class Unmarked implements Contract {

		@Override
		public String get(long number, String payload, String tenant) {
			return number + " " + payload + " " + tenant;
		}

	}

	@UdsHandler
	static class Service extends Unmarked {

	}

	@Lazy
	static class LazyService extends Service {

	}

	@UdsHandler(value = "mine", listener = "side", execution = Execution.POOL)
	static class Mixed extends Unmarked {

		@UdsHandler("own")
		String own() {
			return "own";
		}

		@Override
		@UdsHandler(listener = "public", execution = Execution.INLINE)
		public String byDefault() {
			return "overridden";
		}

	}

	static class MethodOnly implements Contract {

		@Override
		@UdsHandler
		public String get(long id, String payload, String tenant) {
			return "";
		}

	}

	static class TwoRoutes implements Contract {

		@Override
		@UdsHandler("other")
		public String get(long id, String payload, String tenant) {
			return "";
		}

	}

	@UdsHandler
	static class OnClass {

		@UdsExchange("get")
		String get() {
			return "";
		}

	}

	interface Getter<I> {

		@UdsExchange("get")
		String get(I id);

	}

	@UdsExchange("users")
	interface UserContract extends Getter<Integer> {

	}

	@UdsExchange("first")
	interface First extends Getter<Integer> {

	}

	@UdsExchange("second")
	interface Second extends Getter<Integer> {

	}

	@UdsHandler
	static class Users implements UserContract, Getter<Integer> {

		@Override
		public String get(Integer id) {
			return "user " + id;
		}

	}

	@UdsHandler
	static class Both implements First, Second {

		@Override
		public String get(Integer id) {
			return "both " + id;
		}

	}

	interface PlaceholderContract {

		@UdsExchange("${prefix}.get")
		String get();

	}

	@UdsHandler
	static class Placeholders implements PlaceholderContract {

		@Override
		public String get() {
			return "got";
		}

	}

	interface TimedContract {

		@UdsExchange("left")
		String left(String payload, @Nullable Duration timeout);

	}

	@UdsHandler
	static class TimedService implements TimedContract {

		@Override
		public String left(String payload, @Nullable Duration timeout) {
			return (timeout != null) ? timeout.toString() : "for ever";
		}

	}

	@UdsHandler
	@UdsExchange("marked")
	interface Marked {

		@UdsExchange("get")
		String get();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Marked.class)
	static class Clients {

		@Bean
		Marked handMade(UdsOperations operations) {
			return UdsServiceProxyFactory.builder(operations).build().createClient(Marked.class);
		}

	}

}
