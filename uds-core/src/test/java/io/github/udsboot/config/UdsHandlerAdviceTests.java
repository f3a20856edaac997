package io.github.udsboot.config;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.annotation.UdsHandlerAdvice;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.method.HandlerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Exception handler methods of beans, found and called as in an application.
 */
class UdsHandlerAdviceTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final List<String> advised = new ArrayList<>();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void adviceAnswersForOtherBeans() {
		start(Failing.class, ForAll.class);
		assertThat(call("failing")).isEqualTo("all: IllegalStateException");
	}

	@Test
	void methodOfTheBeanGoesFirst() {
		start(FailingWithMethod.class, ForAll.class);
		assertThat(call("own")).isEqualTo("own: failed");
	}

	@Test
	void methodOfTheBeanMayBeInheritedAndPrivate() {
		start(Derived.class);
		assertThat(call("own")).isEqualTo("own: failed");
		assertThat(call("private")).isEqualTo("private: 7");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void proxiedBeansAreCalledThroughTheirProxies(boolean classBased) {
		proxy(classBased);
		start(ContractImplementation.class, ProxiedAdvice.class);
		assertThat(AopUtils.isCglibProxy(this.context.getBean(Contract.class))).isEqualTo(classBased);
		assertThat(AopUtils.isJdkDynamicProxy(this.context.getBean(Contract.class))).isNotEqualTo(classBased);
		assertThat(call("contract.own")).isEqualTo("state of the bean");
		assertThat(this.advised).containsExactly("own", "handle");
		this.advised.clear();
		assertThat(call("contract.other")).isEqualTo("state of the advice");
		assertThat(this.advised).containsExactly("other", "advise");
	}

	@Test
	void methodThatAProxyDoesNotHaveFailsAtStart() {
		proxy(false);
		assertThatIllegalStateException().isThrownBy(() -> start(NotInInterface.class))
			.withMessageContaining("Invalid handler ")
			.withMessageContaining("NotInInterface.handle(")
			.withMessageContaining("switch to class-based proxies");
	}

	@Test
	void privateMethodOfAProxiedBeanFailsAtStart() {
		proxy(true);
		assertThatIllegalStateException().isThrownBy(() -> start(Derived.class))
			.withMessageContaining("FailingWithMethod.hidden(")
			.withMessageContaining("it is private and its bean is proxied");
	}

	@Test
	void finalMethodOfAProxiedAdviceFailsAtStart() {
		proxy(true);
		assertThatIllegalStateException().isThrownBy(() -> start(FinalAdvice.class))
			.withMessageContaining("FinalAdvice.advise(")
			.withMessageContaining("it is final and its bean is proxied");
	}

	@Test
	void ambiguousMethodsFailAtStart() {
		assertThatIllegalStateException().isThrownBy(() -> start(AmbiguousAdvice.class))
			.withMessageContaining("first")
			.withMessageContaining("second");
	}

	@Test
	void adviceIsAskedInItsOrder() {
		start(Failing.class, ForAll.class, Ordered2.class, Ordered1.class);
		assertThat(call("failing")).isEqualTo("1");
	}

	@Test
	void orderMayStandOnABeanMethodOrComeFromTheBean() {
		start(Failing.class, Ordered1.class, OrderedBeans.class);
		assertThat(call("failing")).isEqualTo("0");
		assertThat(call("argument")).isEqualTo("interface");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ByPackage        | selected | selected | selected
			ByPackageClass   | selected | selected | selected
			ByOtherPackage   | all      | all      | all
			ByType           | all      | selected | all
			ByAnnotation     | all      | all      | selected
			ByTypeOrPackage  | all      | selected | all
			""")
	void adviceMayBeForSomeHandlersOnly(String advice, String plain, String typed, String marked) throws Exception {
		start(Failing.class, TypedHandler.class, MarkedHandler.class, ForAll.class,
				Class.forName(getClass().getName() + "$" + advice));
		assertThat(call("failing")).startsWith(plain);
		assertThat(call("typed")).startsWith(typed);
		assertThat(call("marked")).startsWith(marked);
	}

	@Test
	void lazyAdviceIsCreatedWhenItIsNeeded() {
		LazyAdvice.created.set(0);
		start(Failing.class, LazyAdvice.class);
		assertThat(LazyAdvice.created).hasValue(0);
		assertThat(call("failing")).isEqualTo("1");
		assertThat(call("failing")).isEqualTo("1");
	}

	@Test
	void prototypesAreCreatedForEachFailure() {
		PrototypeAdvice.created.set(0);
		start(Failing.class, PrototypeAdvice.class);
		assertThat(call("failing")).isEqualTo("1");
		assertThat(call("failing")).isEqualTo("2");
	}

	private void proxy(boolean classBased) {
		this.context.registerBean("advice", MethodInterceptor.class, () -> (invocation) -> {
			this.advised.add(invocation.getMethod().getName());
			return invocation.proceed();
		});
		this.context.registerBean(BeanNameAutoProxyCreator.class, () -> {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("*Tests.*");
			creator.setInterceptorNames("advice");
			creator.setProxyTargetClass(classBased);
			return creator;
		});
	}

	private void start(Class<?>... beans) {
		this.context.registerBean(HandlerRegistry.class, (Supplier<HandlerRegistry>) HandlerRegistry::new);
		this.context.registerBean(UdsHandlerMethodProcessor.class);
		this.context.register(beans);
		this.context.refresh();
	}

	private String call(String route) {
		UdsRouter.Match match = this.context.getBean(HandlerRegistry.class).routerFor("default").find(route);
		assertThat(match).as(route).isNotNull();
		List<UdsReply> replies = new ArrayList<>();
		PeerCredentials peer = new PeerCredentials(() -> "ada", null, null, null, null);
		match.handler()
			.handle(new UdsRequest(route, new byte[0], Map.of(), peer, UdsRequest.NO_DEADLINE), match.variables(),
					replies::add);
		assertThat(replies).hasSize(1);
		assertThat(replies.get(0).message()).isEmpty();
		return new String(replies.get(0).payload());
	}

	static class Failing {

		@UdsHandler("failing")
		String fail() {
			throw new IllegalStateException("failed");
		}

		@UdsHandler("argument")
		String failDifferently() {
			throw new IllegalArgumentException("failed");
		}

	}

	static class FailingWithMethod {

		private final int state = 7;

		@UdsHandler("own")
		String fail() {
			throw new IllegalStateException("failed");
		}

		@UdsHandler("private")
		String failDifferently() {
			throw new IllegalArgumentException("failed");
		}

		@MessageExceptionHandler
		String handle(IllegalStateException ex) {
			return "own: " + ex.getMessage();
		}

		@MessageExceptionHandler
		private String hidden(IllegalArgumentException ex) {
			return "private: " + this.state;
		}

	}

	static class Derived extends FailingWithMethod {

	}

	@UdsHandler("contract")
	interface Contract {

		@UdsHandler("own")
		String own();

		@UdsHandler("other")
		String other();

		@MessageExceptionHandler
		String handle(IllegalStateException ex);

	}

	static class ContractImplementation implements Contract {

		private final String state = "state of the bean";

		@Override
		public String own() {
			throw new IllegalStateException();
		}

		@Override
		public String other() {
			throw new IllegalArgumentException();
		}

		@Override
		public String handle(IllegalStateException ex) {
			return this.state;
		}

	}

	interface Advising {

		String advise(IllegalArgumentException ex);

	}

	@UdsHandlerAdvice
	static class ProxiedAdvice implements Advising {

		private final String state = "state of the advice";

		@Override
		@MessageExceptionHandler
		public String advise(IllegalArgumentException ex) {
			return this.state;
		}

	}

	interface Plain {

		String fail();

	}

	static class NotInInterface implements Plain {

		@Override
		@UdsHandler("not.in.interface")
		public String fail() {
			return "";
		}

		@MessageExceptionHandler
		String handle(IllegalStateException ex) {
			return "";
		}

	}

	@UdsHandlerAdvice
	static class FinalAdvice {

		@MessageExceptionHandler
		final String advise(IllegalStateException ex) {
			return "";
		}

	}

	@UdsHandlerAdvice
	static class AmbiguousAdvice {

		@MessageExceptionHandler
		String first(IllegalStateException ex) {
			return "";
		}

		@MessageExceptionHandler
		String second(IllegalStateException ex) {
			return "";
		}

	}

	@UdsHandlerAdvice
	static class ForAll {

		@MessageExceptionHandler
		String advise(Exception ex) {
			return "all: " + ex.getClass().getSimpleName();
		}

	}

	@UdsHandlerAdvice
	@Order(2)
	static class Ordered2 {

		@MessageExceptionHandler
		String advise(IllegalStateException ex) {
			return "2";
		}

	}

	@UdsHandlerAdvice
	@Order(1)
	static class Ordered1 {

		@MessageExceptionHandler(Exception.class)
		String advise() {
			return "1";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedBeans {

		@Bean
		@Order(0)
		OfBeanMethod ofBeanMethod() {
			return new OfBeanMethod();
		}

		@Bean
		OfInterface ofInterface() {
			return new OfInterface();
		}

	}

	@UdsHandlerAdvice
	static class OfBeanMethod {

		@MessageExceptionHandler(IllegalStateException.class)
		String advise() {
			return "0";
		}

	}

	@UdsHandlerAdvice
	static class OfInterface implements Ordered {

		@Override
		public int getOrder() {
			return -1;
		}

		@MessageExceptionHandler(IllegalArgumentException.class)
		String advise() {
			return "interface";
		}

	}

	interface Typed {

	}

	static class TypedHandler implements Typed {

		@UdsHandler("typed")
		String fail() {
			throw new IllegalStateException("failed");
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Marked {

	}

	@Marked
	static class MarkedHandler {

		@UdsHandler("marked")
		String fail() {
			throw new IllegalStateException("failed");
		}

	}

	abstract static class Selective {

		@MessageExceptionHandler(IllegalStateException.class)
		String advise() {
			return "selected";
		}

	}

	@UdsHandlerAdvice("io.github.udsboot.config")
	@Order(0)
	static class ByPackage extends Selective {

	}

	@UdsHandlerAdvice(basePackageClasses = UdsHandlerAdviceTests.class)
	@Order(0)
	static class ByPackageClass extends Selective {

	}

	@UdsHandlerAdvice("io.github.udsboot.conf")
	@Order(0)
	static class ByOtherPackage extends Selective {

	}

	@UdsHandlerAdvice(assignableTypes = Typed.class)
	@Order(0)
	static class ByType extends Selective {

	}

	@UdsHandlerAdvice(annotations = Marked.class)
	@Order(0)
	static class ByAnnotation extends Selective {

	}

	@UdsHandlerAdvice(basePackages = "com.acme", assignableTypes = Typed.class)
	@Order(0)
	static class ByTypeOrPackage extends Selective {

	}

	@UdsHandlerAdvice
	@Lazy
	static class LazyAdvice {

		static final AtomicInteger created = new AtomicInteger();

		private final int number = created.incrementAndGet();

		@MessageExceptionHandler(Exception.class)
		String advise() {
			return String.valueOf(this.number);
		}

	}

	@UdsHandlerAdvice
	@Scope("prototype")
	static class PrototypeAdvice {

		static final AtomicInteger created = new AtomicInteger();

		private final int number = created.incrementAndGet();

		@MessageExceptionHandler(Exception.class)
		String advise() {
			return String.valueOf(this.number);
		}

	}

}
