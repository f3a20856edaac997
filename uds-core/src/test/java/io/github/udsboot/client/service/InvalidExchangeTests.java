package io.github.udsboot.client.service;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.BDDMockito;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import reactor.core.publisher.Mono;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Interfaces that cannot be typed clients. Each method is named in the failure, with what
 * to do.
 */
class InvalidExchangeTests {

	private final UdsOperations operations = BDDMockito.mock(UdsOperations.class);

	@ParameterizedTest(name = "{0}")
	@MethodSource("interfaces")
	void invalidInterfaceFailsWhenTheClientIsMade(Class<?> type, String method, String problem) {
		UdsServiceProxyFactory factory = UdsServiceProxyFactory.builder(this.operations).build();
		assertThatExceptionOfType(InvalidExchangeException.class).isThrownBy(() -> factory.createClient(type))
			.withMessageStartingWith("Invalid typed client " + type.getName() + method + ": ")
			.withMessageContaining(problem);
		BDDMockito.then(this.operations).shouldHaveNoInteractions();
	}

	static Stream<Arguments> interfaces() {
		return Stream.of(Arguments.of(String.class, "", "not an interface"),
				Arguments.of(Runnable.class, ".run()", "annotate it, or make it a default method"),
				Arguments.of(OnlyDefaults.class, "", "no method with @UdsExchange"),
				Arguments.of(NotAnnotated.class, ".other()", "annotate it, or make it a default method"),
				Arguments.of(NoRoute.class, ".call()", "name one in @UdsExchange"),
				Arguments.of(EmptySegment.class, ".call()", "superfluous dot"),
				Arguments.of(PartOfASegment.class, ".call(String)", "fills a segment"),
				Arguments.of(TwiceInTheRoute.class, ".call(String)", "{id} twice"),
				Arguments.of(Placeholder.class, ".call()", "define the property"),
				Arguments.of(NoVariable.class, ".call(String)", "@DestinationVariable(\"id\")"),
				Arguments.of(UnknownVariable.class, ".call(long)", "parameter 0 is for the variable {id}"),
				Arguments.of(SameVariable.class, ".call(long, long)",
						"parameter 1 and parameter 0 are for the same variable {id}"),
				Arguments.of(TwoPayloads.class, ".call(String, String)",
						"parameter 1 and parameter 0 are both the payload"),
				Arguments.of(TwoAnnotations.class, ".call(String)", "more than one annotation"),
				Arguments.of(TwoTimeouts.class, ".call(Duration, Duration)", "both the timeout"),
				Arguments.of(AllHeaders.class, ".call(Map)", "use a @Header for each"),
				Arguments.of(Peer.class, ".call(PeerCredentials)", "remove it"),
				Arguments.of(Session.class, ".call(UdsSession)", "remove it"),
				Arguments.of(MessagePayload.class, ".call(Message)", "remove it"),
				Arguments.of(Expression.class, ".call(String)", "expression"),
				Arguments.of(FuturePayload.class, ".call(CompletableFuture)", "take the value itself"),
				Arguments.of(MonoPayload.class, ".call(Mono)", "take the value itself"),
				Arguments.of(NoText.class, ".call(Object, Point)", "parameter 1 is a " + Point.class.getName()),
				Arguments.of(IteratorResult.class, ".call()", "a stream (Iterator)"),
				Arguments.of(IterableResult.class, ".call()", "a stream (Iterable)"),
				Arguments.of(RawOptional.class, ".call()", "give its type argument"),
				Arguments.of(RawFuture.class, ".call()", "give its type argument"),
				Arguments.of(RawMono.class, ".call()", "give its type argument"),
				Arguments.of(PlainFuture.class, ".call()", "a CompletableFuture"),
				Arguments.of(MessageResult.class, ".call()", "return the value"),
				Arguments.of(GenericMethod.class, ".call(Class)", "declare a concrete type"),
				Arguments.of(GenericType.class, ".call()", "declare a concrete type"),
				Arguments.of(OneWayWithResult.class, ".call()", "make it void, or remove oneWay"),
				Arguments.of(OneWayInterface.class, ".call()", "move it to the methods"),
				Arguments.of(NoDuration.class, ".call()", "'soon' is no duration"),
				Arguments.of(NoTime.class, ".call()", "'0s' is not more than zero"));
	}

	record Point(int x, int y) {

	}

	interface OnlyDefaults {

		default void run() {
		}

	}

	interface NotAnnotated {

		@UdsExchange("call")
		void call();

		void other();

	}

	interface NoRoute {

		@UdsExchange
		void call();

	}

	@UdsExchange("a.")
	interface EmptySegment {

		@UdsExchange("b")
		void call();

	}

	interface PartOfASegment {

		@UdsExchange("a.v{id}")
		void call(@DestinationVariable String id);

	}

	@UdsExchange("{id}")
	interface TwiceInTheRoute {

		@UdsExchange("a.{id}")
		void call(@DestinationVariable String id);

	}

	interface Placeholder {

		@UdsExchange("${the.route}.get")
		void call();

	}

	interface NoVariable {

		@UdsExchange("a.{id}")
		void call(String id);

	}

	interface UnknownVariable {

		@UdsExchange("a.number")
		void call(@DestinationVariable long id);

	}

	interface SameVariable {

		@UdsExchange("a.{id}")
		void call(@DestinationVariable long id, @DestinationVariable("id") long number);

	}

	interface TwoPayloads {

		@UdsExchange("call")
		void call(String one, @Payload String two);

	}

	interface TwoAnnotations {

		@UdsExchange("call")
		void call(@Payload @Header String one);

	}

	interface TwoTimeouts {

		@UdsExchange("call")
		void call(Duration one, Duration two);

	}

	interface AllHeaders {

		@UdsExchange("call")
		void call(@Headers Map<String, Object> headers);

	}

	interface Peer {

		@UdsExchange("call")
		void call(PeerCredentials peer);

	}

	interface Session {

		@UdsExchange("call")
		void call(UdsSession session);

	}

	interface MessagePayload {

		@UdsExchange("call")
		void call(Message<String> message);

	}

	interface Expression {

		@UdsExchange("call")
		void call(@Payload("name") String name);

	}

	interface FuturePayload {

		@UdsExchange("call")
		void call(CompletableFuture<String> future);

	}

	interface MonoPayload {

		@UdsExchange("call")
		void call(Mono<String> mono);

	}

	interface NoText {

		@UdsExchange("call")
		void call(@Header Object anything, @Header Point point);

	}

	interface IteratorResult {

		@UdsExchange("call")
		Iterator<String> call();

	}

	interface IterableResult {

		@UdsExchange("call")
		Iterable<String> call();

	}

	@SuppressWarnings("rawtypes")
	interface RawOptional {

		@UdsExchange("call")
		Optional call();

	}

	@SuppressWarnings("rawtypes")
	interface RawFuture {

		@UdsExchange("call")
		CompletableFuture call();

	}

	@SuppressWarnings("rawtypes")
	interface RawMono {

		@UdsExchange("call")
		Mono call();

	}

	interface PlainFuture {

		@UdsExchange("call")
		Future<String> call();

	}

	interface MessageResult {

		@UdsExchange("call")
		Message<String> call();

	}

	interface GenericMethod {

		@UdsExchange("call")
		<T> List<T> call(@Payload(required = false) Class<T> type);

	}

	interface GenericType<T> {

		@UdsExchange("call")
		Map<String, List<T>> call();

	}

	interface OneWayWithResult {

		@UdsExchange(value = "call", oneWay = true)
		String call();

	}

	@UdsExchange(oneWay = true)
	interface OneWayInterface {

		@UdsExchange("call")
		void call();

	}

	interface NoDuration {

		@UdsExchange(value = "call", timeout = "soon")
		void call();

	}

	interface NoTime {

		@UdsExchange(value = "call", timeout = "0s")
		void call();

	}

}
