package io.github.udsboot.autoconfigure.listener;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.annotation.UdsHandlerAdvice;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.handler.method.InvalidHandlerException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the parameters of handlers may be in an application, and the beans that resolve
 * them.
 */
@ExtendWith(OutputCaptureExtension.class)
class HandlerBeansTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"));
	}

	@ParameterizedTest
	@ValueSource(classes = { Purge.class, Two.class, WithPrincipal.class, WithTemplate.class, BadAdvice.class,
			BadFallback.class })
	void whenNothingResolvesAParameterThenTheApplicationDoesNotStart(Class<?> handlers) {
		this.contextRunner.withBean(handlers).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidHandlerException.class)
				.hasMessageContaining(handlers.getSimpleName() + ".");
		});
	}

	@Test
	void whenATemplateIsAParameterThenTheMessageSaysThatItIsABean() {
		this.contextRunner.withBean(WithTemplate.class)
			.run((context) -> assertThat(context.getStartupFailure()).hasMessageContaining("parameter 1 ('uds')")
				.hasMessageContaining("which is a bean ('udsTemplate')"));
	}

	@Test
	void whenThereIsAResolverBeanThenItResolvesItsParameters() {
		this.contextRunner.withBean(Purge.class).withBean(CurrentUserResolver.class).run((context) -> {
			UdsTemplate uds = context.getBean(UdsTemplate.class);
			assertThat(uds.request("purge", "mallory", String.class)).isEqualTo("purged by ada");
		});
	}

	@Test
	void whenThereAreTwoResolverBeansThenTheFirstInOrderIsAsked() {
		this.contextRunner.withBean(Purge.class)
			.withBean(CurrentUserResolver.class)
			.withBean(FirstResolver.class)
			.run((context) -> {
				UdsTemplate uds = context.getBean(UdsTemplate.class);
				assertThat(uds.request("purge", "mallory", String.class)).isEqualTo("purged by grace");
			});
	}

	@Test
	void whenThereIsAResultAdapterBeanThenItAdaptsResults() {
		this.contextRunner.withBean(Callables.class)
			.withBean(CallableAdapter.class)
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("called", "a", String.class))
				.isEqualTo("called a"));
	}

	@Test
	void whenAResolverBeanTakesPayloadsThenItIsNotUsedAndALineSaysSo(CapturedOutput output) {
		this.contextRunner.withBean(Echo.class)
			.withBean(MapResolver.class)
			.withBean(CurrentUserResolver.class)
			.run((context) -> {
				UdsTemplate uds = context.getBean(UdsTemplate.class);
				assertThat(uds.request("echo", Map.of("a", "b"), String.class)).isEqualTo("ada {a=b}");
				assertThat(output).contains("do not use the argument resolver " + MapResolver.class.getName(),
						"any parameter of type Map");
			});
	}

	@Target(ElementType.PARAMETER)
	@Retention(RetentionPolicy.RUNTIME)
	@interface AuthenticationPrincipal {

	}

	static class Purge {

		@UdsHandler("purge")
		String purge(@AuthenticationPrincipal String user) {
			return "purged by " + user;
		}

	}

	static class Two {

		@UdsHandler("two")
		String two(String a, String b) {
			return a + "|" + b;
		}

	}

	static class WithPrincipal {

		@UdsHandler("principal")
		String principal(UserPrincipal user) {
			return user.getName();
		}

	}

	static class WithTemplate {

		@UdsHandler("template")
		String template(String text, UdsTemplate uds) {
			return text + uds;
		}

	}

	@UdsHandlerAdvice
	static class BadAdvice {

		@MessageExceptionHandler
		String failed(IllegalStateException ex, @AuthenticationPrincipal String user) {
			return user;
		}

	}

	static class BadFallback {

		@UdsHandler("fine")
		String fine(String text) {
			return text;
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, String one, String two) {
			return one + two;
		}

	}

	static class Echo {

		@UdsHandler("echo")
		String echo(Map<String, String> values, @AuthenticationPrincipal String user) {
			return user + " " + values;
		}

	}

	static class Callables {

		@UdsHandler("called")
		Callable<String> called(String text) {
			return () -> "called " + text;
		}

	}

	static class CallableAdapter implements UdsResultAdapter {

		@Override
		public boolean supports(MethodParameter returnType) {
			return returnType.getParameterType() == Callable.class;
		}

		@Override
		public Object adapt(Object result, MethodParameter returnType) throws Exception {
			return ((Callable<?>) result).call();
		}

	}

	static class CurrentUserResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.hasParameterAnnotation(AuthenticationPrincipal.class);
		}

		@Override
		public Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return "ada";
		}

	}

	@Order(1)
	static class FirstResolver extends CurrentUserResolver {

		@Override
		public Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return "grace";
		}

	}

	/** Such as another library may have for methods of its own. */
	static class MapResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return Map.class.isAssignableFrom(parameter.getParameterType());
		}

		@Override
		public Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return message.getHeaders();
		}

	}

}
