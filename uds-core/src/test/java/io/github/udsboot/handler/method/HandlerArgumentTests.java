package io.github.udsboot.handler.method;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.expression.StandardBeanExpressionResolver;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.DestinationVariableMethodArgumentResolver;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsHeaders;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.route.InvalidRouteException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HandlerArgumentTests {

	private final HandlerTester tester = new HandlerTester(new Handlers());

	@Test
	void bytesArriveAsTheyAre() {
		byte[] payload = { 0, -1, 7 };
		assertThat(this.tester.call("bytes", payload).payload()).isSameAs(payload);
	}

	@Test
	void parameterOfAnyTypeGetsTheBytes() {
		assertThat(this.tester.answer("anything", "null")).isEqualTo("null");
		assertThat(this.tester.answer("anything", "")).isEmpty();
	}

	@Test
	void absentPayloadIsNullOrEmptyWhereItIsNotRequired() {
		assertThat(this.tester.answer("textIfAny", "")).isEqualTo("null");
		assertThat(this.tester.answer("optionalBytes", "")).isEqualTo("none");
		assertThat(this.tester.answer("optionalBytes", "abc")).isEqualTo("3");
	}

	@Test
	void byteBufferHoldsThePayload() {
		assertThat(this.tester.answer("buffer", "abc")).isEqualTo("3");
	}

	@Test
	void textIsReadAsUtf8() {
		assertThat(this.tester.answer("text", "Grüße, 世界 🌍")).isEqualTo("Grüße, 世界 🌍!");
	}

	@Test
	void payloadAnnotationIsOptional() {
		assertThat(this.tester.answer("annotatedText", "a")).isEqualTo("a?");
	}

	@Test
	void recordIsReadFromJson() {
		assertThat(this.tester.answer("order", "{\"id\":7,\"item\":\"tea\"}")).isEqualTo("7 tea");
	}

	@Test
	void listOfRecordsIsReadFromJson() {
		assertThat(this.tester.answer("orders", "[{\"id\":7},{\"id\":8}]")).isEqualTo("15");
	}

	@Test
	void typeVariableIsResolvedAgainstTheClassOfTheBean() {
		assertThat(this.tester.answer("generic", "{\"id\":7}")).isEqualTo("7");
	}

	@Test
	void protobufIsReadFromItsBinaryForm() {
		assertThat(HandlerTester.text(this.tester.call("proto", StringValue.of("Ada").toByteArray()))).isEqualTo("Ada");
	}

	@Test
	void contentTypeOfThePeerDoesNotMatter() {
		this.tester.metadata(Map.of("contentType", List.of("text/plain"), "content-type", List.of("image/png")));
		assertThat(HandlerTester.text(this.tester.call("proto", StringValue.of("Ada").toByteArray()))).isEqualTo("Ada");
		assertThat(this.tester.answer("order", "{\"id\":7}")).isEqualTo("7 null");
		assertThat(this.tester.answer("text", "a")).isEqualTo("a!");
	}

	@Test
	void emptyPayloadIsAnEmptyTextAndAMessageWithDefaults() {
		assertThat(this.tester.answer("text", "")).isEqualTo("!");
		assertThat(this.tester.answer("buffer", "")).isEqualTo("0");
		assertThat(this.tester.call("bytes", "").payload()).isEmpty();
		assertThat(this.tester.answer("proto", "")).isEmpty();
		assertThat(this.tester.answer("protoNumber", "")).isEqualTo("0");
		assertThat(this.tester.answer("messageOfText", "")).isEmpty();
	}

	@Test
	void emptyPayloadIsNothingForAJsonType() {
		assertThat(this.tester.call("order", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "payload must not be empty"));
		assertThat(this.tester.answer("optionalOrder", "")).isEqualTo("none");
		assertThat(this.tester.answer("orderIfAny", "")).isEqualTo("none");
	}

	@Test
	void jsonNullIsNothing() {
		assertThat(this.tester.call("order", "null"))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "payload must not be empty"));
		assertThat(this.tester.answer("optionalOrder", "null")).isEqualTo("none");
		assertThat(this.tester.answer("orderIfAny", "null")).isEqualTo("none");
		assertThat(this.tester.answer("text", "null")).isEqualTo("null!");
	}

	@Test
	void optionalPayloadIsFilled() {
		assertThat(this.tester.answer("optionalOrder", "{\"id\":7}")).isEqualTo("7");
	}

	@Test
	void messageHasPayloadAndHeaders() {
		this.tester.metadata(Map.of("tenant", List.of("a")));
		assertThat(this.tester.answer("message", "abc")).isEqualTo("3 a");
		assertThat(this.tester.answer("messageOfOrder", "{\"id\":7}")).isEqualTo("7 a");
		assertThat(this.tester.answer("messageOfText", "x")).isEqualTo("x");
	}

	@Test
	void headerComesFromTheMetadata() {
		this.tester.metadata(Map.of("count", List.of("3"), "tag", List.of("a", "b")));
		assertThat(this.tester.answer("headers", "")).isEqualTo("3 [a, b] none dflt");
	}

	@Test
	void headerMayBeWhatAnInterceptorHasAddedInPlaceOfMetadata() throws Exception {
		UdsRequest request = this.tester.metadata(Map.of("when", List.of("forged"))).request(new byte[0]);
		CompletableFuture<UdsReply> reply = new CompletableFuture<>();
		this.tester.handler("attribute")
			.handle(request.with(request.payload(), request.metadata(),
					Map.of("when", Duration.ofSeconds(7), UdsHeaders.ROUTE, "forged")), Map.of(), reply::complete);
		assertThat(HandlerTester.text(reply.get(10, TimeUnit.SECONDS))).isEqualTo("7 test.route");
	}

	@Test
	void headerIsFoundWhateverTheCaseOfItsName() {
		this.tester.metadata(Map.of("tenantid", List.of("a")));
		assertThat(this.tester.answer("camelCase", "")).isEqualTo("a a");
	}

	@Test
	void metadataInLowerCaseIsNotTakenForAHeaderOfSpring() {
		this.tester.metadata(Map.of("nativeheaders", List.of("x"), "contenttype", List.of("x"),
				"destinationvariablemethodargumentresolver.templatevariables", List.of("x")));
		assertThat(this.tester.answer("headersOfSpring", "")).isEqualTo("null null null");
	}

	@Test
	void headerNamesAndDefaultsMayBePlaceholders() {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.setBeanExpressionResolver(new StandardBeanExpressionResolver());
		beans.addEmbeddedValueResolver((text) -> text.replace("${name}", "tenant").replace("${default}", "x"));
		factory.setBeanFactory(beans);
		HandlerTester tester = new HandlerTester(new Handlers(), factory);
		assertThat(tester.answer("placeholders", "")).isEqualTo("x");
		assertThat(tester.metadata(Map.of("tenant", List.of("t"))).answer("placeholders", "")).isEqualTo("t");
	}

	@Test
	void allHeadersAreAMapWithRouteAndPeer() {
		this.tester.metadata(Map.of("tenant", List.of("a")));
		assertThat(this.tester.answer("allHeaders", "")).isEqualTo("[tenant, uds_peer, uds_route] true test.route");
		assertThat(this.tester.answer("accessor", "")).isEqualTo("a");
	}

	@Test
	void deadlineIsAnInstant() {
		this.tester.deadline(System.nanoTime() + Duration.ofMinutes(1).toNanos());
		Instant deadline = Instant.parse(this.tester.answer("deadline", ""));
		assertThat(deadline).isBetween(Instant.now().plusSeconds(50), Instant.now().plusSeconds(60));
	}

	@Test
	void withoutADeadlineThereIsNoHeader() {
		assertThat(this.tester.answer("deadline", "")).isEqualTo("none");
	}

	@Test
	void metadataNeverReplacesHeadersOfOursOrOfSpring() {
		Map<String, List<String>> forged = Map.of("uds_peer", List.of("root"), "uds_route", List.of("x"), "uds_new",
				List.of("x"), "id", List.of("x"), "timestamp", List.of("x"), "springX", List.of("x"), "nativeHeaders",
				List.of("x"), "replyChannel", List.of("x"), "errorChannel", List.of("x"),
				"DestinationVariableMethodArgumentResolver.templateVariables", List.of("x"));
		this.tester.metadata(forged);
		assertThat(this.tester.answer("allHeaders", "")).isEqualTo("[uds_peer, uds_route] true test.route");
	}

	@Test
	void peerIsAnArgument() {
		assertThat(this.tester.answer("peer", "")).isEqualTo("ada");
		assertThat(this.tester.answer("principals", "")).isEqualTo("true");
	}

	@Test
	void variablesOfTheRouteAreArguments() {
		this.tester.variables("orders.{id}.{part}", Map.of("id", "7", "part", "lines"));
		assertThat(this.tester.answer("variables", "")).isEqualTo("8 lines");
	}

	@Test
	void variableThatTheRouteDoesNotHaveFailsAtOnce() {
		this.tester.variables("orders.{id}", Map.of("id", "7"));
		assertThatExceptionOfType(InvalidRouteException.class).isThrownBy(() -> this.tester.handler("variables"))
			.withMessageContaining("orders.{id}")
			.withMessageContaining("Handlers.variables(long, String)")
			.withMessageContaining("{part}");
	}

	@Test
	void payloadWithAnExpressionFailsAtOnce() {
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> this.tester.handler("expression"))
			.withMessageContaining("Handlers.expression(String)")
			.withMessageContaining("not supported");
	}

	@Test
	void manyArgumentsGoTogether() {
		this.tester.metadata(Map.of("tenant", List.of("a"))).variables("orders.{id}", Map.of("id", "7"));
		assertThat(this.tester.answer("many", "{\"id\":9}")).isEqualTo("7 a ada 9");
	}

	@Test
	void noArgumentIsNeeded() {
		assertThat(this.tester.answer("nothing", "ignored")).isEqualTo("ok");
	}

	@Test
	void customResolversComeFirst() {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		factory.setCustomArgumentResolvers(List.of(new ConstantResolver()));
		assertThat(new HandlerTester(new Handlers(), factory).answer("text", "a")).isEqualTo("constant!");
	}

	static class Base<T extends Identified> {

		String generic(T value) {
			return String.valueOf(value.id());
		}

	}

	interface Identified {

		long id();

	}

	record Order(long id, String item) implements Identified {

	}

	static class Handlers extends Base<Order> {

		byte[] bytes(byte[] payload) {
			return payload;
		}

		Object anything(Object payload) {
			return payload;
		}

		String textIfAny(@Payload(required = false) String text) {
			return String.valueOf(text);
		}

		String optionalBytes(Optional<byte[]> payload) {
			return payload.map((bytes) -> String.valueOf(bytes.length)).orElse("none");
		}

		String buffer(ByteBuffer payload) {
			return String.valueOf(payload.remaining());
		}

		String text(String text) {
			return text + "!";
		}

		String annotatedText(@Payload String text) {
			return text + "?";
		}

		String expression(@Payload("#{name}") String text) {
			return text;
		}

		String order(Order order) {
			return order.id() + " " + order.item();
		}

		String orders(List<Order> orders) {
			return String.valueOf(orders.stream().mapToLong(Order::id).sum());
		}

		String proto(StringValue value) {
			return value.getValue();
		}

		int protoNumber(Int32Value value) {
			return value.getValue();
		}

		String optionalOrder(Optional<Order> order) {
			return order.map(Order::id).map(String::valueOf).orElse("none");
		}

		String orderIfAny(@Payload(required = false) Order order) {
			return (order != null) ? order.item() : "none";
		}

		String message(Message<byte[]> message) {
			return message.getPayload().length + " " + message.getHeaders().get("tenant");
		}

		String messageOfOrder(Message<Order> message) {
			return message.getPayload().id() + " " + message.getHeaders().get("tenant");
		}

		String messageOfText(Message<String> message) {
			return message.getPayload();
		}

		String headers(@Header("count") int count, @Header("tag") List<String> tags,
				@Header("absent") Optional<String> absent,
				@Header(name = "other", defaultValue = "dflt") String other) {
			return count + " " + tags + " " + absent.orElse("none") + " " + other;
		}

		String attribute(@Header("when") Duration when, @Header(UdsHeaders.ROUTE) String route) {
			return when.toSeconds() + " " + route;
		}

		String camelCase(@Header String tenantId, MessageHeaders headers) {
			return tenantId + " " + headers.get("TenantId", String.class);
		}

		String headersOfSpring(MessageHeaders headers) {
			return headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS) + " "
					+ headers.get(MessageHeaders.CONTENT_TYPE) + " "
					+ headers.get(DestinationVariableMethodArgumentResolver.DESTINATION_TEMPLATE_VARIABLES_HEADER);
		}

		String placeholders(@Header(name = "${name}", defaultValue = "${default}") String value) {
			return value;
		}

		String allHeaders(@Headers Map<String, Object> headers, MessageHeaders same) {
			return headers.keySet().stream().sorted().toList() + " "
					+ (headers.get(UdsHeaders.PEER) == HandlerTester.PEER && headers.equals(same)) + " "
					+ headers.get(UdsHeaders.ROUTE);
		}

		String accessor(MessageHeaderAccessor accessor) {
			return String.valueOf(accessor.getHeader("tenant"));
		}

		String deadline(@Header(UdsHeaders.DEADLINE) Optional<Instant> deadline) {
			return deadline.map(Instant::toString).orElse("none");
		}

		String peer(PeerCredentials peer) {
			return peer.user().getName();
		}

		boolean principals(PeerCredentials peer, PeerIdentity identity, Principal principal) {
			return peer == HandlerTester.PEER && identity == peer && principal == peer;
		}

		String variables(@DestinationVariable long id, @DestinationVariable("part") String name) {
			return (id + 1) + " " + name;
		}

		String many(@DestinationVariable int id, @Header String tenant, PeerCredentials peer, @Payload Order order) {
			return id + " " + tenant + " " + peer.user().getName() + " " + order.id();
		}

		byte[] nothing() {
			return "ok".getBytes(StandardCharsets.UTF_8);
		}

	}

}
