package io.github.udsboot.client.service;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.InOrder;
import org.mockito.Mockito;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsOperations.RequestSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What typed clients ask of the client.
 */
class UdsServiceProxyFactoryTests {

	private final UdsOperations operations = BDDMockito.mock(UdsOperations.class);

	private final RequestSpec request = BDDMockito.mock(RequestSpec.class, Mockito.RETURNS_SELF);

	private final UdsServiceProxyFactory factory = UdsServiceProxyFactory.builder(this.operations)
		.embeddedValueResolver((text) -> text.replace("${name}", "resolved").replace("${time}", "7s"))
		.build();

	private final Orders orders = this.factory.createClient(Orders.class);

	@BeforeEach
	void answer() {
		BDDMockito.given(this.operations.route(ArgumentMatchers.anyString(), ArgumentMatchers.any(Object[].class)))
			.willReturn(this.request);
		answerWith(null);
	}

	@Test
	void payloadIsSentAndTheAnswerIsReturned() {
		answerWith(new Order(7));
		assertThat(this.orders.get("seven")).isEqualTo(new Order(7));
		thenRoute("orders.get");
		BDDMockito.then(this.request).should().payload("seven");
		assertThat(askedFor()).isEqualTo(Order.class.getName());
		BDDMockito.then(this.request).shouldHaveNoMoreInteractions();
	}

	@Test
	void emptyAnswerIsNull() {
		assertThat(this.orders.get("seven")).isNull();
	}

	@Test
	void variablesAreFilledInByTheirNamesAndInTheOrderOfTheRoute() {
		this.orders.find("eu", 42L);
		thenRoute("orders.{id}.in.{region}", "42", "eu");
		BDDMockito.then(this.request).should(BDDMockito.never()).payload(ArgumentMatchers.any());
	}

	@Test
	void headersAreSentAsText() {
		this.orders.headers("acme", 7, List.of("a", "b"), new Color[] { Color.RED }, Optional.empty(), null);
		BDDMockito.then(this.request).should().header("tenant", "acme");
		BDDMockito.then(this.request).should().header("count", "7");
		BDDMockito.then(this.request).should().header("tag", "a");
		BDDMockito.then(this.request).should().header("tag", "b");
		BDDMockito.then(this.request).should().header("color", "RED");
		BDDMockito.then(this.request).should().header("resolved", "resolved value");
		BDDMockito.then(this.request)
			.should(BDDMockito.never())
			.header(ArgumentMatchers.eq("maybe"), ArgumentMatchers.any());
	}

	@Test
	void datesAreWrittenAsIsoInEveryLocale() {
		Locale locale = Locale.getDefault();
		Locale.setDefault(Locale.GERMANY);
		try {
			this.orders.dates(LocalDate.of(2026, 11, 21), Instant.EPOCH, LocalDate.of(2026, 11, 21),
					Optional.of(LocalDate.EPOCH));
		}
		finally {
			Locale.setDefault(locale);
		}
		BDDMockito.then(this.request).should().header("day", "2026-11-21");
		BDDMockito.then(this.request).should().header("at", "1970-01-01T00:00:00Z");
		BDDMockito.then(this.request).should().header("formatted", "21/2026");
		BDDMockito.then(this.request).should().header("maybe", "1970-01-01");
	}

	@Test
	void conversionServiceOfTheApplicationIsUsed() {
		DefaultConversionService conversionService = new DefaultConversionService();
		conversionService.addConverter(Order.class, String.class, (order) -> "order-" + order.id());
		UdsServiceProxyFactory.builder(this.operations)
			.conversionService(conversionService)
			.build()
			.createClient(OrderHeader.class)
			.send(new Order(7));
		BDDMockito.then(this.request).should().header("order", "order-7");
	}

	@Test
	void missingArgumentsFailTheCallUnlessTheyAreOptional() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.get(null))
			.withMessageContaining("payload")
			.withMessageContaining("parameter 0");
		assertThatIllegalArgumentException().isThrownBy(() -> this.orders.find(null, 7L))
			.withMessageContaining("{region}");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.orders.headers(null, 7, List.of(), new Color[0], Optional.empty(), null))
			.withMessageContaining("header 'tenant'");
		this.orders.optional(null, Optional.empty());
		BDDMockito.then(this.request).should().payload(null);
	}

	@Test
	void optionalPayloadIsUnwrapped() {
		this.orders.optional(null, Optional.of(new Order(3)));
		BDDMockito.then(this.request).should().payload(new Order(3));
	}

	@Test
	void timeoutComesFromTheInterfaceTheMethodOrAnArgument() {
		Timed timed = this.factory.createClient(Timed.class);
		timed.ofInterface();
		BDDMockito.then(this.request).should().timeout(Duration.ofSeconds(7));
		timed.ofMethod(null);
		BDDMockito.then(this.request).should().timeout(Duration.ofMillis(200));
		BDDMockito.clearInvocations(this.request);
		timed.ofMethod(Duration.ofMinutes(1));
		InOrder order = BDDMockito.inOrder(this.request);
		order.verify(this.request).timeout(Duration.ofMillis(200));
		order.verify(this.request).timeout(Duration.ofMinutes(1));
	}

	@Test
	void durationMayBeAPayloadOrAHeader() {
		this.factory.createClient(Timed.class).sleep(Duration.ofSeconds(1), Duration.ofSeconds(2));
		BDDMockito.then(this.request).should().payload(Duration.ofSeconds(1));
		BDDMockito.then(this.request).should().header("wait", "PT2S");
		BDDMockito.then(this.request).should(BDDMockito.never()).timeout(Duration.ofSeconds(1));
	}

	@Test
	void voidMethodWaitsForTheAnswerAndOneWayDoesNot() {
		this.orders.cancel("seven");
		assertThat(askedFor()).isEqualTo("void");
		this.orders.audit("looked");
		BDDMockito.then(this.request).should().payload("looked");
		BDDMockito.then(this.request).should().send();
	}

	@Test
	void failureIsThrownAsItIs() {
		UdsUnavailableException failure = new UdsUnavailableException("gone", "orders.get", "/run/a.sock", null);
		BDDMockito.given(this.request.retrieve(ArgumentMatchers.<ParameterizedTypeReference<Object>>any()))
			.willThrow(failure);
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(() -> this.orders.get("seven"))
			.isSameAs(failure);
	}

	@Test
	void genericTypesAreKept() {
		this.orders.byName();
		assertThat(askedFor())
			.isEqualTo("java.util.Map<java.lang.String, java.util.List<" + Order.class.getName() + ">>");
		answerWith(Optional.of(new Order(1)));
		assertThat(this.orders.first()).contains(new Order(1));
		assertThat(askedFor()).isEqualTo("java.util.Optional<" + Order.class.getName() + ">");
	}

	@Test
	void primitiveIsUnwrappedAndAnEmptyAnswerIsNone() {
		answerWith(7);
		assertThat(this.orders.count()).isEqualTo(7);
		assertThat(askedFor()).isEqualTo("java.lang.Integer");
		answerWith(null);
		assertThatExceptionOfType(UdsConversionException.class).isThrownBy(this.orders::count).satisfies((ex) -> {
			assertThat(ex.getRoute()).isEqualTo("orders.count");
			assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL);
		}).withMessageContaining("int");
	}

	@Test
	void futureIsThatOfTheClient() {
		CompletableFuture<Object> answer = new CompletableFuture<>();
		BDDMockito.given(this.request.retrieveAsync(ArgumentMatchers.<ParameterizedTypeReference<Object>>any()))
			.willReturn(answer);
		assertThat((Object) this.orders.later("seven")).isSameAs(answer);
		assertThat((Object) this.orders.stage()).isSameAs(answer);
		ArgumentCaptor<ParameterizedTypeReference<Object>> types = ArgumentCaptor.captor();
		BDDMockito.then(this.request).should(BDDMockito.times(2)).retrieveAsync(types.capture());
		assertThat(types.getAllValues()).extracting((type) -> type.getType().getTypeName())
			.containsExactly(Order.class.getName(), "java.util.List<" + Order.class.getName() + ">");
	}

	@Test
	void monoCallsWithEachSubscriptionAndCancels() {
		CompletableFuture<Object> first = new CompletableFuture<>();
		BDDMockito.given(this.request.retrieveAsync(ArgumentMatchers.<ParameterizedTypeReference<Object>>any()))
			.willReturn(first)
			.willReturn(CompletableFuture.completedFuture(new Order(2)));
		Mono<Order> mono = this.orders.mono("seven");
		BDDMockito.then(this.operations).shouldHaveNoInteractions();
		mono.subscribe().dispose();
		assertThat(first).isCancelled();
		assertThat(mono.block(Duration.ofSeconds(10))).isEqualTo(new Order(2));
		BDDMockito.then(this.request).should(BDDMockito.times(2)).payload("seven");
	}

	@Test
	void methodsThatAreInheritedAreCalledWithTheTypesAndThePrefixOfTheInterface() {
		Invoices invoices = this.factory.createClient(Invoices.class);
		invoices.get(7L);
		thenRoute("invoices.{id}.get", "7");
		assertThat(askedFor()).isEqualTo(Order.class.getName());
		invoices.all();
		assertThat(askedFor()).isEqualTo("java.util.List<" + Order.class.getName() + ">");
	}

	@Test
	void annotationsOfAnOverriddenMethodCount() {
		this.factory.createClient(Overriding.class).get(7L);
		thenRoute("{id}.get", "7");
		assertThat(askedFor()).isEqualTo(Order.class.getName());
	}

	@Test
	void defaultMethodsRunInTheInterface() throws IOException {
		answerWith(new Order(7));
		assertThat(this.orders.getAll("a", "b")).containsExactly(new Order(7), new Order(7));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.orders.failing(true)).withMessage("checked");
	}

	@Test
	void defaultMethodMayBeACall() {
		answerWith("remote");
		assertThat(this.orders.remoteDefault()).isEqualTo("remote");
	}

	@Test
	void clientIsEqualToItselfOnly() {
		Orders other = this.factory.createClient(Orders.class);
		assertThat(List.of(other, this.orders).indexOf(this.orders)).isEqualTo(1);
		assertThat(this.orders.hashCode()).isEqualTo(System.identityHashCode(this.orders));
		assertThat(this.orders).hasToString("Typed client " + Orders.class.getName());
		BDDMockito.then(this.operations).shouldHaveNoInteractions();
	}

	@Test
	void placeholdersInTheRouteAreResolved() {
		this.factory.createClient(Placeholders.class).get();
		thenRoute("resolved.get");
	}

	private void answerWith(@Nullable Object answer) {
		BDDMockito.given(this.request.retrieve(ArgumentMatchers.<ParameterizedTypeReference<Object>>any()))
			.willReturn(answer);
		BDDMockito.clearInvocations(this.request);
	}

	private void thenRoute(String route, Object... variables) {
		BDDMockito.then(this.operations).should().route(route, variables);
	}

	private String askedFor() {
		ArgumentCaptor<ParameterizedTypeReference<Object>> type = ArgumentCaptor.captor();
		BDDMockito.then(this.request).should(BDDMockito.atLeastOnce()).retrieve(type.capture());
		return type.getValue().getType().getTypeName();
	}

	enum Color {

		RED {

			@Override
			public String toString() {
				return "red";
			}

		}

	}

	record Order(int id) {

	}

	@UdsExchange("orders")
	interface Orders {

		@UdsExchange("get")
		@Nullable Order get(String id);

		@UdsExchange("{id}.in.{region}")
		@Nullable Order find(@DestinationVariable String region, @DestinationVariable("id") long number);

		@UdsExchange("headers")
		void headers(@Header String tenant, @Header("count") int count, @Header("tag") List<String> tags,
				@Header("color") Color[] colors, @Header("maybe") Optional<String> maybe,
				@Header(name = "${name}", defaultValue = "${name} value") @Nullable String withDefault);

		@UdsExchange("dates")
		void dates(@Header LocalDate day, @Header Instant at,
				@Header @DateTimeFormat(pattern = "dd/yyyy") LocalDate formatted, @Header Optional<LocalDate> maybe);

		@UdsExchange("optional")
		void optional(@Header(required = false) String header, Optional<Order> payload);

		@UdsExchange("cancel")
		void cancel(@Payload String id);

		@UdsExchange(route = "audit", oneWay = true)
		void audit(String event);

		@UdsExchange("by-name")
		Map<String, List<Order>> byName();

		@UdsExchange("first")
		Optional<Order> first();

		@UdsExchange("count")
		int count();

		@UdsExchange("later")
		CompletableFuture<Order> later(String id);

		@UdsExchange("stage")
		CompletionStage<List<Order>> stage();

		@UdsExchange("mono")
		Mono<Order> mono(String id);

		default List<Order> getAll(String... ids) {
			return List.of(ids).stream().map(this::get).toList();
		}

		default void failing(boolean fail) throws IOException {
			if (fail) {
				throw new IOException("checked");
			}
		}

		@UdsExchange("remote")
		default String remoteDefault() {
			return "local";
		}

		static Order none() {
			return new Order(0);
		}

	}

	interface OrderHeader {

		@UdsExchange("order")
		void send(@Header Order order);

	}

	@UdsExchange(value = "timed", timeout = "${time}")
	interface Timed {

		@UdsExchange("interface")
		void ofInterface();

		@UdsExchange(value = "method", timeout = "200ms")
		void ofMethod(@Nullable Duration timeout);

		@UdsExchange("sleep")
		void sleep(@Payload Duration payload, @Header("wait") Duration header);

	}

	interface Base<T, I> {

		@UdsExchange("{id}.get")
		T get(@DestinationVariable I id);

		@UdsExchange("all")
		List<T> all();

	}

	@UdsExchange("invoices")
	interface Invoices extends Base<Order, Long> {

	}

	interface Overriding extends Base<Order, Long> {

		@Override
		Order get(Long id);

	}

	@UdsExchange("${name}")
	interface Placeholders {

		@UdsExchange("get")
		String get();

	}

}
