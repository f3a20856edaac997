package io.github.udsboot.handler.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.stream.ItemSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of results of types that the library does not know by itself.
 */
class ResultAdapterTests {

	private final Handlers handlers = new Handlers();

	private final UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();

	private final HandlerTester tester = new HandlerTester(this.handlers, this.factory);

	ResultAdapterTests() {
		this.factory.setResultAdapters(List.of(new SupplierAdapter(), new AnyAdapter()));
	}

	@Test
	void adaptedValueIsTheAnswer() {
		assertThat(this.tester.answer("supplied", "a")).isEqualTo("supplied a");
		assertThat(this.tester.answer("suppliedList", "")).isEqualTo("[1,2]");
	}

	@Test
	void nullIsAnEmptyAnswer() {
		assertThat(this.tester.answer("none", "")).isEmpty();
	}

	@Test
	void adaptedStageIsAnsweredWhenItCompletes() {
		this.tester.start("suppliedStage", new byte[0]);
		assertThat(this.tester.hasReply()).isFalse();
		this.handlers.stage.complete("late");
		assertThat(HandlerTester.text(this.tester.reply())).isEqualTo("late");
	}

	@Test
	void adaptedStreamIsSentItemByItem() {
		assertThat(items("suppliedStream")).containsExactly("1", "2", "3");
		assertThat(items("suppliedFlux")).containsExactly("1", "2");
		assertThat(items("suppliedIterator")).containsExactly("7");
	}

	@Test
	void failureOfAnAdapterIsOneOfTheMethod() {
		assertThat(this.tester.call("failing", ""))
			.isEqualTo(UdsReply.failed(Status.FAILED_PRECONDITION, "not supplied"));
	}

	@Test
	void firstAdapterThatSupportsTheTypeIsUsedAndNoneForOtherTypes() {
		assertThat(this.tester.answer("callable", "")).isEqualTo("any");
		assertThat(this.tester.answer("text", "a")).isEqualTo("a");
		assertThat(this.tester.call("nothing", "").silent()).isTrue();
	}

	@Test
	void resultOfAnExceptionHandlerMethodIsAdapted() {
		assertThat(this.tester.answer("broken", "")).isEqualTo("handled broken");
	}

	@Test
	void monoOfNothingHasNothingToAnswer() {
		assertThat(this.tester.call("monoOfNothing", "").silent()).isTrue();
		assertThat(this.tester.call("monoOfText", "").silent()).isFalse();
	}

	private List<String> items(String method) {
		List<String> items = new ArrayList<>();
		this.tester.handler(method).handle(this.tester.request(new byte[0]), Map.of(), new UdsReplyCallback() {

			@Override
			public void reply(UdsReply reply) {
				items.add("no stream: " + reply);
			}

			@Override
			public void stream(ItemSource source, Function<Throwable, UdsReply> failures) {
				try (source) {
					// a publisher hands over what it has when it is asked for the first
					// time
					while (isReady(source) && source.hasNext()) {
						items.add(new String(source.next()));
					}
				}
			}

		});
		return items;
	}

	private static boolean isReady(ItemSource source) {
		if (!source.isReady()) {
			source.whenReady(() -> {
			});
		}
		return source.isReady();
	}

	static class SupplierAdapter implements UdsResultAdapter {

		@Override
		public boolean supports(MethodParameter returnType) {
			return returnType.getParameterType() == Supplier.class;
		}

		@Override
		public @Nullable Object adapt(@Nullable Object result, MethodParameter returnType) {
			return (result instanceof Supplier<?> supplier) ? supplier.get() : null;
		}

	}

	static class AnyAdapter implements UdsResultAdapter {

		@Override
		public boolean supports(MethodParameter returnType) {
			return returnType.getParameterType() == Supplier.class || returnType.getParameterType() == Callable.class;
		}

		@Override
		public Object adapt(@Nullable Object result, MethodParameter returnType) {
			return "any";
		}

	}

	static class Handlers {

		private final CompletableFuture<String> stage = new CompletableFuture<>();

		Supplier<String> supplied(String text) {
			return () -> "supplied " + text;
		}

		Supplier<List<Integer>> suppliedList() {
			return () -> List.of(1, 2);
		}

		@Nullable Supplier<String> none() {
			return null;
		}

		Supplier<CompletableFuture<String>> suppliedStage() {
			return () -> this.stage;
		}

		Supplier<Stream<Integer>> suppliedStream() {
			return () -> Stream.of(1, 2, 3);
		}

		Supplier<Flux<Integer>> suppliedFlux() {
			return () -> Flux.just(1, 2);
		}

		Supplier<Object> suppliedIterator() {
			return () -> List.of(7).iterator();
		}

		Supplier<String> failing() {
			return () -> {
				throw new UdsStatusException(Status.FAILED_PRECONDITION, "not supplied");
			};
		}

		Callable<String> callable() {
			return () -> "called";
		}

		String text(String text) {
			return text;
		}

		void nothing() {
		}

		String broken() {
			throw new IllegalStateException("broken");
		}

		Mono<Void> monoOfNothing() {
			return Mono.empty();
		}

		Mono<String> monoOfText() {
			return Mono.empty();
		}

		@MessageExceptionHandler
		Supplier<String> failed(IllegalStateException ex) {
			return () -> "handled " + ex.getMessage();
		}

	}

}
