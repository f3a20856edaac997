package io.github.udsboot.client.service;

import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ReactiveTypeDescriptor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.UdsConversionException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Reactive types of the application, whose adapters fail.
 */
class FaultyResultAdapterTests {

	@ParameterizedTest
	@EnumSource
	void anAdapterThatFailsIsATypedFailureAndNoCall(Fault fault) {
		try (UdsTemplate template = UdsTemplate.builder().path("/nowhere/there.sock").build()) {
			Calls calls = client(template, (publisher) -> fault.adapt());
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(calls::one)
				.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("echo"))
				.withMessageContaining("One");
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(calls::many)
				.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("echo"))
				.withMessageContaining("Many");
			assertThat(template.getConnectionFactory().stats().connectFailures()).isZero();
		}
	}

	@Test
	void anAdapterThatWorksGetsTheResult() {
		try (UdsTemplate template = UdsTemplate.builder().path("/nowhere/there.sock").build()) {
			assertThat(client(template, (publisher) -> new One<>(Mono.just("one"))).one().value().block())
				.isEqualTo("one");
		}
	}

	private static Calls client(UdsTemplate template, Function<Publisher<?>, Object> adapter) {
		ReactiveAdapterRegistry registry = new ReactiveAdapterRegistry();
		registry.registerReactiveType(ReactiveTypeDescriptor.singleOptionalValue(One.class, () -> new One<>(null)),
				(one) -> ((One<?>) one).value(), adapter);
		registry.registerReactiveType(ReactiveTypeDescriptor.multiValue(Many.class, () -> new Many<>(null)),
				(many) -> ((Many<?>) many).values(), adapter);
		return UdsServiceProxyFactory.builder(template)
			.reactiveAdapterRegistry(registry)
			.build()
			.createClient(Calls.class);
	}

	/** What an adapter does. */
	enum Fault {

		UNCHECKED {

			@Override
			Object adapt() {
				throw new IllegalStateException("broken");
			}

		},

		ERROR {

			@Override
			Object adapt() {
				throw new NoClassDefFoundError("gone");
			}

		},

		NOTHING {

			@Override
			Object adapt() {
				return null;
			}

		};

		abstract Object adapt();

	}

	record One<T>(Mono<T> value) {

	}

	record Many<T>(Flux<T> values) {

	}

	interface Calls {

		@UdsExchange("echo")
		One<String> one();

		@UdsExchange("echo")
		Many<String> many();

	}

}
