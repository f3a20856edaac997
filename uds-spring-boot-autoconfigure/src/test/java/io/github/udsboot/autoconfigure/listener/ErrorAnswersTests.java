package io.github.udsboot.autoconfigure.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import com.google.protobuf.StringValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.stereotype.Service;
import org.springframework.validation.annotation.Validated;

import io.github.udsboot.ProtobufDetails;
import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.annotation.UdsHandlerAdvice;
import io.github.udsboot.autoconfigure.PayloadConverterCustomizer;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.observation.ObservationServerInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What goes wrong in a handler, as its caller sees it through a socket.
 */
@ExtendWith(OutputCaptureExtension.class)
class ErrorAnswersTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
					TaskExecutionAutoConfiguration.class, JacksonAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("test.sock"));
	}

	@Test
	void whenAHandlerThrowsAStatusThenMessageAndDetailsReachTheCaller() {
		this.contextRunner.withBean(TeaHandlers.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			UdsRemoteException failure = remote(() -> template.request("tea.none", null, String.class));
			assertNoTea(failure);
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> template.requestAsync("tea.none", null, String.class).get(10, TimeUnit.SECONDS))
				.havingCause()
				.isInstanceOfSatisfying(UdsRemoteException.class, ErrorAnswersTests::assertNoTea);
		});
	}

	private static void assertNoTea(UdsRemoteException failure) {
		assertThat(failure.getStatus()).isEqualTo(Status.NOT_FOUND);
		assertThat(failure.getRemoteMessage()).isEqualTo("no tea");
		assertThat(ProtobufDetails.find(failure.getDetails(), StringValue.class)).contains(StringValue.of("coffee"));
		assertThat(failure.getDetails()).hasSize(2).contains(new StatusDetail("acme/cups", new byte[] { 3 }));
	}

	@Test
	void whenDetailsAreTooLargeThenStatusAndMessageReachTheCallerAndTheNextCallWorks() {
		this.contextRunner.withBean(TeaHandlers.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			UdsRemoteException failure = remote(() -> template.request("tea.large", null, String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.OUT_OF_RANGE);
			assertThat(failure.getRemoteMessage()).isEqualTo("too much tea");
			assertThat(failure.getDetails()).isEmpty();
			assertNoTea(remote(() -> template.request("tea.none", null, String.class)));
		});
	}

	@Test
	void whenTheBeanHasAMethodForTheExceptionThenItAnswers() {
		this.contextRunner.withBean(TeaHandlers.class).withBean(TeaAdvice.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThat(template.request("tea.broken", "green", String.class)).isEqualTo("black instead of green");
			assertThat(template.request("tea.broken.later", "green", String.class)).isEqualTo("black instead of green");
		});
	}

	@Test
	void whenAnAdviceHasAMethodForTheExceptionThenItAnswers() {
		this.contextRunner.withBean(TeaHandlers.class).withBean(TeaAdvice.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			UdsRemoteException failure = remote(() -> template.request("tea.spilled", null, String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.DATA_LOSS);
			assertThat(failure.getRemoteMessage()).isEqualTo("spilled in tea.spilled");
			assertThat(failure.getDetails()).containsExactly(new StatusDetail("acme/cups", new byte[] { 1 }));
		});
	}

	@Test
	void whenNobodyAnswersThenStandardExceptionsHaveAStatusAndOthersTellNothing(CapturedOutput output) {
		this.contextRunner.withBean(TeaHandlers.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			UdsRemoteException spilled = remote(() -> template.request("tea.spilled", null, String.class));
			assertThat(spilled.getStatus()).isEqualTo(Status.INTERNAL);
			assertThat(spilled.getRemoteMessage()).isEqualTo("handler failed");
			UdsRemoteException busy = remote(() -> template.request("tea.busy", null, String.class));
			assertThat(busy.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(busy.getRemoteMessage()).doesNotContain("secret");
			assertThat(output).contains("Handler of 'tea.spilled' failed", "secret of the carpet");
		});
	}

	@Test
	void whenAnObservedHandlerFailsOnAThreadOfItsOwnThenTheLineHasTheTrace(CapturedOutput output) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new TraceHandler());
		this.contextRunner.withBean(TeaHandlers.class)
			.withBean(ObservationServerInterceptor.class, () -> new ObservationServerInterceptor(registry, null))
			.run((context) -> {
				UdsTemplate template = context.getBean(UdsTemplate.class);
				remote(() -> template.request("tea.spilled.later", null, String.class));
				assertThat(output).contains("Handler of 'tea.spilled.later' failed")
					.contains("[trace 4bf92f3577b34da6a3ce929d0e0e4736]");
			});
	}

	@Test
	void whenAPayloadCannotBeReadThenTheMessageNamesTheField() {
		this.contextRunner.withBean(OrderHandlers.class).run((context) -> {
			UdsRemoteException failure = remote(() -> context.getBean(UdsTemplate.class)
				.request("orders.any", "{\"item\":\"tea\",\"cups\":\"a secret number\"}", String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
			assertThat(failure.getRemoteMessage())
				.isEqualTo("payload cannot be converted to Order: cups is not a valid int");
		});
	}

	@Test
	void whenThereIsAValidatorThenPayloadsAreValidatedAndTheMessageNamesTheFields() {
		withValidation().withBean(OrderHandlers.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThat(template.request("orders.valid", new Order("tea", 1, new Cup("blue")), String.class))
				.isEqualTo("tea");
			UdsRemoteException failure = remote(
					() -> template.request("orders.valid", new Order(" ", 0, new Cup("red")), String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
			assertThat(failure.getRemoteMessage()).startsWith("payload is not valid: ")
				.contains("item must not be blank", "cups must be at least 1", "cup.colour must be blue");
			// the annotation says with which groups
			assertThat(template.request("orders.large", new Order("tea", 10, null), String.class)).isEqualTo("tea");
			assertThat(remote(() -> template.request("orders.large", new Order(" ", 9, null), String.class))
				.getRemoteMessage()).isEqualTo("payload is not valid: cups must be at least 10");
			assertThat(template.request("orders.any", new Order(" ", 0, null), String.class)).isEqualTo(" ");
		});
	}

	@Test
	void whenTheBeanIsValidatedByItsProxyThenTheMessageNamesTheParameters() {
		withValidation().withBean(ValidatedHandlers.class).run((context) -> {
			assertThat(AopUtils.isAopProxy(context.getBean(ValidatedHandlers.class))).isTrue();
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThat(template.route("validated.header").header("tenant", "a").retrieve(String.class)).isEqualTo("a");
			UdsRemoteException failure = remote(
					() -> template.route("validated.header").header("tenant", " ").retrieve(String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
			assertThat(failure.getRemoteMessage()).isEqualTo("not valid: tenant must not be blank");
			// a method of the proxied bean answers
			assertThat(template.request("validated.broken", null, String.class)).isEqualTo("mended by the bean");
		});
	}

	@Test
	void whenABeanBelowTheHandlerRefusesItsArgumentsThenTheMessageNamesNothing() {
		withValidation().withBean(Warehouse.class).withBean(WarehouseHandlers.class).run((context) -> {
			UdsRemoteException failure = remote(
					() -> context.getBean(UdsTemplate.class).request("warehouse.take", null, String.class));
			assertThat(failure.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
			assertThat(failure.getRemoteMessage()).isEqualTo("not valid");
		});
	}

	@Test
	void whenThereIsNoValidatorThenAWarningSaysSo(CapturedOutput output) {
		this.contextRunner.withBean(OrderHandlers.class).run((context) -> {
			assertThat(
					context.getBean(UdsTemplate.class).request("orders.valid", new Order(" ", 0, null), String.class))
				.isEqualTo(" ");
			assertThat(output).contains("OrderHandlers.valid(Order) asks to be validated and there is no validator");
		});
	}

	private ApplicationContextRunner withValidation() {
		return this.contextRunner.withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class));
	}

	@Test
	void whenAConverterIsAddedThenHandlersAndClientsUseItBeforeJson() {
		this.contextRunner.withUserConfiguration(PointConfiguration.class).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThat(template.request("mirror", new Point(1, 2), Point.class)).isEqualTo(new Point(2, 1));
			assertThat(template.request("mirror", "3;4", String.class)).as("on the wire").isEqualTo("4;3");
			assertThat(template.request("text", new Point(5, 6), String.class)).isEqualTo("5;6");
			assertThat(remote(() -> template.request("mirror", "x", Point.class)).getStatus())
				.isEqualTo(Status.INVALID_ARGUMENT);
			assertThat(template.request("json", null, String.class)).isEqualTo("{\"colour\":\"blue\"}");
		});
	}

	private static UdsRemoteException remote(ThrowingCallable call) {
		return assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(call).actual();
	}

	@UdsHandler("tea")
	static class TeaHandlers {

		@UdsHandler("none")
		String none() {
			throw new UdsStatusException(Status.NOT_FOUND, "no tea", List
				.of(ProtobufDetails.of(StringValue.of("coffee")), new StatusDetail("acme/cups", new byte[] { 3 })));
		}

		@UdsHandler("large")
		String large() {
			throw new UdsStatusException(Status.OUT_OF_RANGE, "too much tea",
					List.of(new StatusDetail("acme/cups", new byte[5 << 20])));
		}

		@UdsHandler("broken")
		String broken(String wanted) {
			throw new IllegalStateException("pot");
		}

		@UdsHandler("broken.later")
		CompletionStage<String> brokenLater(String wanted) {
			return CompletableFuture.supplyAsync(() -> broken(wanted));
		}

		@UdsHandler("spilled")
		String spilled() {
			throw new IllegalArgumentException("secret of the carpet");
		}

		@UdsHandler("spilled.later")
		CompletionStage<String> spilledLater() {
			return new CompletableFuture<>() {

				@Override
				public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
					// never on the thread of the handler
					new Thread(() -> action.accept(null, new IllegalArgumentException("a secret"))).start();
					return this;
				}

			};
		}

		@UdsHandler("busy")
		String busy() {
			throw new RejectedExecutionException("secret of the pool");
		}

		@MessageExceptionHandler(IllegalStateException.class)
		CompletionStage<String> instead(@Payload String wanted) {
			return CompletableFuture.supplyAsync(() -> "black instead of " + wanted);
		}

	}

	/** As tracing does. */
	static class TraceHandler implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			MDC.put("traceId", "4bf92f3577b34da6a3ce929d0e0e4736");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			MDC.remove("traceId");
		}

	}

	@UdsHandlerAdvice
	static class TeaAdvice {

		@MessageExceptionHandler
		String spilled(IllegalArgumentException ex, @Header("uds_route") String route) {
			throw new UdsStatusException(Status.DATA_LOSS, "spilled in " + route,
					List.of(new StatusDetail("acme/cups", new byte[] { 1 })), ex);
		}

		@MessageExceptionHandler(IllegalStateException.class)
		String broken() {
			return "advised";
		}

	}

	interface Large {

	}

	record Cup(@Pattern(regexp = "blue", message = "must be blue") String colour) {

	}

	record Order(@NotBlank(message = "must not be blank") String item,
			@Min(value = 1, message = "must be at least 1") @Min(value = 10, message = "must be at least 10",
					groups = Large.class) int cups,
			@Valid @Nullable Cup cup) {

	}

	@UdsHandler("orders")
	static class OrderHandlers {

		@UdsHandler("valid")
		String valid(@Valid Order order) {
			return order.item();
		}

		@UdsHandler("large")
		String large(@Payload @Validated(Large.class) Order order) {
			return order.item();
		}

		@UdsHandler("any")
		String any(Order order) {
			return order.item();
		}

	}

	@UdsHandler("validated")
	@Validated
	static class ValidatedHandlers {

		private final String by = "the bean";

		@UdsHandler("header")
		String header(@Header @NotBlank(message = "must not be blank") String tenant) {
			return tenant;
		}

		@UdsHandler("broken")
		String broken() {
			throw new IllegalStateException();
		}

		@MessageExceptionHandler(IllegalStateException.class)
		String mend() {
			return "mended by " + this.by;
		}

	}

	@Service
	@Validated
	static class Warehouse {

		void take(@NotBlank String shelf) {
		}

	}

	static class WarehouseHandlers {

		private final Warehouse warehouse;

		WarehouseHandlers(Warehouse warehouse) {
			this.warehouse = warehouse;
		}

		@UdsHandler("warehouse.take")
		void take() {
			this.warehouse.take(" ");
		}

	}

	record Point(int x, int y) {

	}

	@Configuration(proxyBeanMethods = false)
	static class PointConfiguration {

		@Bean
		PayloadConverterCustomizer points() {
			return (builder) -> builder.converter(new PointConverter());
		}

		@UdsHandler("mirror")
		Point mirror(Point point) {
			return new Point(point.y(), point.x());
		}

		@UdsHandler("text")
		String text(String text) {
			return text;
		}

		@UdsHandler("json")
		Cup json() {
			return new Cup("blue");
		}

	}

	static class PointConverter extends AbstractMessageConverter {

		@Override
		protected boolean supports(Class<?> type) {
			return type == Point.class;
		}

		@Override
		protected Object convertFromInternal(Message<?> message, Class<?> type, @Nullable Object hint) {
			String[] parts = new String((byte[]) message.getPayload()).split(";", 2);
			return (parts.length == 2) ? new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])) : fail();
		}

		private static Object fail() {
			throw new MessageConversionException("no point");
		}

		@Override
		protected Object convertToInternal(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
			Point point = (Point) payload;
			return point.x() + ";" + point.y();
		}

	}

}
