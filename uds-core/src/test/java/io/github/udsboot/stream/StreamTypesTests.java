package io.github.udsboot.stream;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ReactiveTypeDescriptor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamTypes}.
 */
class StreamTypesTests {

	private final StreamTypes types = StreamTypes.shared();

	@ParameterizedTest
	@ValueSource(classes = { Stream.class, IntStream.class, Iterable.class, Iterator.class, Flow.Publisher.class,
			Flux.class, Publisher.class, kotlinx.coroutines.flow.Flow.class })
	void isSentItemByItem(Class<?> type) {
		assertThat(this.types.isStream(type)).isTrue();
		assertThat(this.types.singleValueAdapter(type)).isNull();
	}

	@ParameterizedTest
	@ValueSource(classes = { Collection.class, List.class, Set.class, Optional.class, String.class, byte[].class,
			CompletableFuture.class, CompletionStage.class, Mono.class })
	void isOneValue(Class<?> type) {
		assertThat(this.types.isStream(type)).isFalse();
		assertThat(this.types.canBeTakenAs(type)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(classes = { Stream.class, Flow.Publisher.class, Flux.class, kotlinx.coroutines.flow.Flow.class })
	void itemsCanBeTakenAs(Class<?> type) {
		assertThat(this.types.canBeTakenAs(type)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(classes = { IntStream.class, Iterable.class, Iterator.class })
	void itemsThatAreSentCannotBeTakenAs(Class<?> type) {
		assertThat(this.types.canBeTakenAs(type)).isFalse();
	}

	@Test
	void aStageNeedsNoAdapterAndAMonoDoes() {
		assertThat(this.types.singleValueAdapter(CompletableFuture.class)).isNull();
		assertThat(this.types.singleValueAdapter(Mono.class)).isNotNull();
	}

	@Test
	void whatTheApplicationRegistersGoesBothWays() {
		ReactiveAdapterRegistry registry = new ReactiveAdapterRegistry();
		registry.registerReactiveType(ReactiveTypeDescriptor.multiValue(Ticks.class, () -> new Ticks(Flux.empty())),
				(ticks) -> ((Ticks) ticks).items(), (publisher) -> new Ticks(Flux.from(publisher)));
		StreamTypes registered = new StreamTypes(registry);
		assertThat(registered.isStream(Ticks.class)).isTrue();
		assertThat(registered.canBeTakenAs(Ticks.class)).isTrue();
		assertThat(this.types.isStream(Ticks.class)).isFalse();
	}

	private record Ticks(Flux<?> items) {

	}

}
