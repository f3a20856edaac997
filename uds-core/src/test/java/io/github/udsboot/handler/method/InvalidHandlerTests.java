package io.github.udsboot.handler.method;

import java.io.Serializable;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.security.Principal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import javax.security.auth.Subject;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonView;
import com.google.protobuf.StringValue;
import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ReflectionUtils;
import org.springframework.validation.annotation.Validated;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which parameters are refused when a handler is made, and which are not.
 */
class InvalidHandlerTests {

	private final UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();

	@ParameterizedTest
	@ValueSource(strings = { "user", "userOnAStream", "userOnAPublisher", "userInAMessage", "userThatIsOptional",
			"validatedUser", "remainingTimeFromElsewhere" })
	void annotationThatNothingResolvesIsNeverThePayload(String method) {
		assertInvalid(method).hasMessageContaining("parameter 0 ('user') has @CurrentUser, and no argument resolver")
			.hasMessageContaining("register a HandlerMethodArgumentResolver bean")
			.hasMessageContaining("annotate it with @Payload if it is what the caller sends");
	}

	@ParameterizedTest
	@ValueSource(strings = { "requiredUser", "validatedGroupUser", "userCalledValid", "userOfTheType" })
	void annotationIsForeignThoughItAlsoAsksForValidationOrIsOnTheType(String method) {
		assertInvalid(method).hasMessageContaining("parameter 0 ('user') has @")
			.hasMessageContaining("no argument resolver takes it");
	}

	@ParameterizedTest
	@ValueSource(strings = { "composedConstraint", "composedConstraintTwice", "composedValidation" })
	void annotationThatIsMadeOfConstraintsOnlyIsNotForeign(String method) {
		assertValid(method);
	}

	@Test
	void messageNamesTheMethod() {
		assertInvalid("user").hasMessageStartingWith(
				"Invalid handler io.github.udsboot.handler.method.InvalidHandlerTests$Handlers.user(String): ");
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> create("user")).satisfies((ex) -> {
			assertThat(ex.getHandler()).endsWith("Handlers.user(String)");
			assertThat(ex.getProblem()).startsWith("parameter 0 ('user')");
			assertThat(ex.getRemedy()).startsWith("register");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "two", "twoAnnotated", "payloadAndStream" })
	void onlyOneParameterIsThePayload(String method) {
		assertInvalid(method).hasMessageContaining("parameter 0 ('a') and parameter 1 ('b') are both the payload")
			.hasMessageContaining("@Header or @DestinationVariable");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ownPrincipal", "optionalPrincipal", "subject" })
	void whoCallsIsNotForTheCallerToSay(String method) {
		assertInvalid(method).hasMessageContaining("says who calls").hasMessageContaining("PeerCredentials");
	}

	@ParameterizedTest
	@ValueSource(strings = { "template", "operations", "runnable", "future", "serializable", "listOfPrincipals",
			"arrayOfRunnables", "streamOfRunnables", "messageOfRunnable", "optionalRunnable", "annotatedRunnable" })
	void typeThatCannotBeReadIsNotThePayload(String method) {
		assertInvalid(method).hasMessageContaining("cannot be read from a payload")
			.hasMessageContaining("parameter 0 ('value')");
	}

	@Test
	void beanIsNotThePayload() {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("orderService", new OrderService());
		this.factory.setBeanFactory(beans);
		assertInvalid("service").hasMessageContaining("which is a bean ('orderService')")
			.hasMessageContaining("injected");
		assertValid("annotatedService");
		assertValid("order");
	}

	@Test
	void annotationOfSpringOnTheWrongTypeIsRefused() {
		assertInvalid("headersThatAreNoMap")
			.hasMessageContaining("has @Headers, which is not for a parameter of type String");
		assertInvalid("payloadAndHeader").hasMessageContaining("more than one annotation");
	}

	@ParameterizedTest
	@ValueSource(strings = { "validated", "constrained", "constrainedTwice", "nullable", "view", "documentedPayload",
			"messageAndPayload", "bytes", "object", "map", "collection", "polymorphic", "proto",
			"peerWithSomeAnnotation", "streamAndPeer", "enumValue", "number", "jsonArray", "remainingTime" })
	void whatCanBeResolvedIsNotRefused(String method) {
		assertValid(method);
	}

	@Test
	void resolverOfTheApplicationTakesItsParameters() {
		this.factory.setCustomArgumentResolvers(List.of(new CurrentUserResolver()));
		assertThat(new HandlerTester(new Handlers(), this.factory).answer("user", "mallory")).isEqualTo("ada");
		assertThat(new HandlerTester(new Handlers(), this.factory).answer("userAndPayload", "x")).isEqualTo("ada x");
		assertThat(this.factory.create(endpoint("userOnAStream"), List.of()).takesItems()).isFalse();
		assertInvalid("two");
	}

	@Test
	void converterOfTheApplicationIsAsked() {
		this.factory.setPayloadConverter(PayloadConverter.builder().converter(new RunnableConverter()).build());
		assertValid("runnable");
		assertInvalid("template");
	}

	@Test
	void exceptionHandlerMethodIsCheckedWithTheFirstHandlerOfItsBean() {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> new HandlerTester(new InvalidFallback()).handler("fine"))
			.withMessageContaining("InvalidFallback.failed(IllegalStateException, String)")
			.withMessageContaining("parameter 1 ('user') has @CurrentUser");
	}

	@Test
	void exceptionHandlerMethodTakesTheFailureAndWhatAHandlerTakes() {
		assertThatNoException().isThrownBy(() -> new HandlerTester(new ValidFallback()).handler("fine"));
	}

	private AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(String method) {
		return assertThatThrownBy(() -> create(method)).isInstanceOf(InvalidHandlerException.class);
	}

	private void assertValid(String method) {
		assertThatNoException().isThrownBy(() -> create(method));
	}

	private UdsRequestHandler create(String method) {
		return this.factory.create(endpoint(method), List.of());
	}

	private static UdsHandlerEndpoint endpoint(String name) {
		assertThat(Stream.of(ReflectionUtils.getUniqueDeclaredMethods(Handlers.class)).map(Method::getName))
			.contains(name);
		return HandlerTester.endpoint(new Handlers(), name, "test.route");
	}

	@Target({ ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@interface CurrentUser {

	}

	@NotNull
	@CurrentUser
	@Retention(RetentionPolicy.RUNTIME)
	@interface RequiredUser {

	}

	@Validated(Serializable.class)
	@CurrentUser
	@Retention(RetentionPolicy.RUNTIME)
	@interface ValidatedGroupUser {

	}

	@CurrentUser
	@Retention(RetentionPolicy.RUNTIME)
	@interface ValidUser {

	}

	@Target(ElementType.TYPE_USE)
	@Retention(RetentionPolicy.RUNTIME)
	@interface TypeUser {

	}

	@NotNull
	@Pattern(regexp = "a.*")
	@Constraint(validatedBy = {})
	@Repeatable(Composed.List.class)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Composed {

		String message() default "";

		Class<?>[] groups() default {};

		Class<? extends jakarta.validation.Payload>[] payload() default {};

		@Retention(RetentionPolicy.RUNTIME)
		@interface List {

			Composed[] value();

		}

	}

	@Validated(Serializable.class)
	@Retention(RetentionPolicy.RUNTIME)
	@interface ComposedValidation {

	}

	@Target(ElementType.PARAMETER)
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface Described {

	}

	record Order(long id) {

	}

	record OwnPrincipal(String name) implements Principal {

		@Override
		public String getName() {
			return this.name;
		}

	}

	static class OrderService {

	}

	enum Colour {

		RED

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(Circle.class))
	interface Shape {

	}

	record Circle(int radius) implements Shape {

	}

	static class CurrentUserResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.hasParameterAnnotation(CurrentUser.class);
		}

		@Override
		public Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return "ada";
		}

	}

	static class RunnableConverter implements MessageConverter {

		@Override
		public @Nullable Object fromMessage(Message<?> message, Class<?> type) {
			return (type == Runnable.class) ? (Runnable) () -> {
			} : null;
		}

		@Override
		public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
			return null;
		}

	}

	static class InvalidFallback {

		String fine(String text) {
			return text;
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, @CurrentUser String user) {
			return user;
		}

	}

	static class ValidFallback {

		String fine(String text) {
			return text;
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, String text, @Header("tenant") String tenant, PeerCredentials peer) {
			return text;
		}

		@MessageExceptionHandler(IllegalArgumentException.class)
		String anything(Object failure, HandlerMethod method, Order order) {
			return "";
		}

	}

	@SuppressWarnings("unused")
	static class Handlers {

		String user(@CurrentUser String user) {
			return user;
		}

		String userAndPayload(@CurrentUser String user, String text) {
			return user + " " + text;
		}

		void userOnAStream(@CurrentUser Stream<String> user) {
		}

		void userOnAPublisher(@CurrentUser Flow.Publisher<String> user) {
		}

		void userInAMessage(@CurrentUser Message<String> user) {
		}

		void userThatIsOptional(@CurrentUser Optional<String> user) {
		}

		void validatedUser(@Valid @NotNull @CurrentUser String user) {
		}

		void requiredUser(@RequiredUser String user) {
		}

		void validatedGroupUser(@ValidatedGroupUser String user) {
		}

		void userCalledValid(@ValidUser String user) {
		}

		void userOfTheType(@TypeUser String user) {
		}

		void composedConstraint(@Composed String text) {
		}

		void composedConstraintTwice(@Composed @Composed String text) {
		}

		void composedValidation(@ComposedValidation Order order) {
		}

		@UdsExchange("remaining")
		void remainingTimeFromElsewhere(@CurrentUser Duration user) {
		}

		@UdsExchange("remaining")
		void remainingTime(@NotNull Duration left, String text) {
		}

		String two(String a, String b) {
			return a + "|" + b;
		}

		void twoAnnotated(@Payload String a, @Payload Order b) {
		}

		void payloadAndStream(String a, Stream<String> b) {
		}

		void ownPrincipal(OwnPrincipal user) {
		}

		void optionalPrincipal(Optional<OwnPrincipal> user) {
		}

		void subject(Subject user) {
		}

		void template(UdsTemplate value) {
		}

		void operations(UdsOperations value) {
		}

		void runnable(Runnable value) {
		}

		void future(CompletableFuture<String> value) {
		}

		void serializable(Comparable<String> value) {
		}

		void listOfPrincipals(List<Principal> value) {
		}

		void arrayOfRunnables(Runnable[] value) {
		}

		void streamOfRunnables(Stream<Runnable> value) {
		}

		void messageOfRunnable(Message<Runnable> value) {
		}

		void optionalRunnable(Optional<Runnable> value) {
		}

		void annotatedRunnable(@Payload Runnable value) {
		}

		void service(OrderService value) {
		}

		void annotatedService(@Payload OrderService value) {
		}

		void order(Order value) {
		}

		void headersThatAreNoMap(@Headers String value) {
		}

		void payloadAndHeader(@Payload @Header("a") String value) {
		}

		void validated(@Validated Order order) {
		}

		void constrained(@NotNull @NotBlank String text) {
		}

		void constrainedTwice(@Pattern(regexp = "a.*") @Pattern(regexp = ".*b") String text) {
		}

		void nullable(@Nullable String text) {
		}

		void view(@JsonView(Serializable.class) Order order) {
		}

		void documentedPayload(@Payload @Described Order order) {
		}

		void messageAndPayload(Message<?> message, Order order) {
		}

		void bytes(byte[] bytes) {
		}

		void object(Object any) {
		}

		void map(Map<String, Object> values) {
		}

		void collection(Collection<Order> orders) {
		}

		void polymorphic(Shape shape) {
		}

		void proto(StringValue value) {
		}

		void peerWithSomeAnnotation(@Described PeerCredentials peer, String text) {
		}

		void streamAndPeer(Stream<Order> orders, PeerCredentials peer) {
		}

		void enumValue(Colour colour) {
		}

		void number(int number) {
		}

		void jsonArray(Order[] orders) {
		}

	}

}
