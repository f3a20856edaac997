package io.github.udsboot.handler.failure;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

import ch.qos.logback.classic.Level;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.context.support.DefaultMessageSourceResolvable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.util.ReflectionUtils;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.validation.method.MethodValidationResult;
import org.springframework.validation.method.ParameterValidationResult;

import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.method.HandlerTester;
import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What the proxy of a {@code @Validated} bean throws, here thrown by the bean itself.
 */
class ArgumentViolationTests {

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final Handlers handlers = new Handlers();

	private final HandlerTester tester = new HandlerTester(this.handlers);

	@Test
	void refusedArgumentIsTheCallersFault() {
		this.handlers.failure = new MethodValidationException(springResult(this.handlers, "greet"));
		assertThat(this.tester.call("greet", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "not valid: name must not be blank"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
	}

	@Test
	void refusedArgumentOfAnotherMethodIsNotNamed() {
		this.handlers.failure = new MethodValidationException(springResult(this.handlers, "other"));
		assertNotNamed();
	}

	@Test
	void refusedArgumentOfAnotherBeanIsNotNamed() {
		this.handlers.failure = new MethodValidationException(springResult(new Object(), "greet"));
		assertNotNamed();
	}

	@Test
	void jakartasExceptionCountsTheSame() {
		this.handlers.failure = jakarta(this.handlers, "greet", ElementKind.PARAMETER);
		assertThat(this.tester.call("greet", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "not valid: name.first must not be blank"));
	}

	@Test
	void jakartasExceptionFromElsewhereIsNotNamed() {
		this.handlers.failure = jakarta(this.handlers, "other", ElementKind.PARAMETER);
		assertNotNamed();
	}

	@Test
	void jakartasExceptionForAnObjectThatTheHandlerValidatedIsNamed() {
		this.handlers.failure = jakarta(new Object(), ElementKind.PROPERTY, "name", ElementKind.PROPERTY);
		assertThat(this.tester.call("greet", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "not valid: name.first must not be blank"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
	}

	@Test
	void invalidReturnValueIsTheHandlersFault() {
		this.handlers.failure = jakarta(this.handlers, "greet", ElementKind.RETURN_VALUE);
		assertInternal();
	}

	@Test
	void jakartasExceptionWithoutViolationsNamesNone() {
		this.handlers.failure = new ConstraintViolationException("secret", null);
		assertNotNamed();
	}

	private void assertNotNamed() {
		assertThat(this.tester.call("greet", "")).isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "not valid"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.WARN);
		assertThat(this.log.only().getFormattedMessage()).contains("Exception");
		assertThat(this.log.only().getThrowableProxy()).isNull();
	}

	private void assertInternal() {
		assertThat(this.tester.call("greet", "")).isEqualTo(UdsReply.failed(Status.INTERNAL, "handler failed"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.ERROR);
	}

	private static MethodValidationResult springResult(Object target, String methodName) {
		Method method = ReflectionUtils.findMethod(Handlers.class, methodName, String.class);
		MethodParameter parameter = new MethodParameter(method, 0);
		parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
		MessageSourceResolvable error = new DefaultMessageSourceResolvable(new String[0], "must not be blank");
		return MethodValidationResult.create(target, method, List
			.of(new ParameterValidationResult(parameter, "", List.of(error), null, null, null, (each, type) -> each)));
	}

	private static ConstraintViolationException jakarta(Object target, String method, ElementKind kind) {
		return jakarta(target, ElementKind.METHOD, method, kind);
	}

	private static ConstraintViolationException jakarta(Object target, ElementKind firstKind, String firstName,
			ElementKind kind) {
		Path.Node first = mock();
		given(first.getKind()).willReturn(firstKind);
		given(first.getName()).willReturn(firstName);
		Path.Node second = mock();
		given(second.getKind()).willReturn(kind);
		Path path = mock();
		given(path.iterator()).willAnswer((invocation) -> List.of(first, second).iterator());
		given(path.toString())
			.willReturn((firstKind == ElementKind.METHOD) ? firstName + ".name.first" : firstName + ".first");
		ConstraintViolation<Object> violation = mock();
		given(violation.getRootBean()).willReturn(target);
		given(violation.getPropertyPath()).willReturn(path);
		given(violation.getMessage()).willReturn("must not be blank");
		return new ConstraintViolationException(Set.of(violation));
	}

	static class Handlers {

		private RuntimeException failure;

		String greet(String name) {
			throw this.failure;
		}

		String other(String name) {
			return "";
		}

	}

}
