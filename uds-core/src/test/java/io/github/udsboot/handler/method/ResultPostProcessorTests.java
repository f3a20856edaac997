package io.github.udsboot.handler.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.handler.UdsResultPostProcessor;
import io.github.udsboot.stream.ItemSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reactive results, to which something is added before anything subscribes to them.
 */
class ResultPostProcessorTests {

	private final List<Object> processed = new ArrayList<>();

	private final UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();

	private final HandlerTester tester = new HandlerTester(new Handlers(), this.factory);

	@BeforeEach
	void configure() {
		this.factory.setResultPostProcessors(List.of(adding("a"), adding("b")));
		this.factory.setResultAdapters(List.of(new CallableAdapter()));
	}

	/** The last subscribes first, so its value is the outer one. */
	private UdsResultPostProcessor adding(String value) {
		return (result) -> {
			this.processed.add(result);
			if (result instanceof Mono<?> mono) {
				return mono.contextWrite((context) -> context.put("who", context.getOrDefault("who", "") + value));
			}
			return (result instanceof Flux<?> flux)
					? flux.contextWrite((context) -> context.put("who", context.getOrDefault("who", "") + value))
					: result;
		};
	}

	@Test
	void whatIsReactiveIsProcessedInOrder() {
		assertThat(this.tester.answer("mono", "x")).isEqualTo("x of ba");
		assertThat(this.tester.answer("adapted", "x")).isEqualTo("x of ba");
		assertThat(items("flux")).containsExactly("1 of ba", "2 of ba");
	}

	@Test
	void whatAnExceptionHandlerReturnsIsToo() {
		assertThat(this.tester.answer("failing", "x")).isEqualTo("failed of ba");
	}

	@Test
	void whatIsNotReactiveIsNot() {
		assertThat(this.tester.answer("text", "x")).isEqualTo("x");
		assertThat(this.tester.answer("future", "x")).isEqualTo("x");
		assertThat(items("stream")).containsExactly("1");
		assertThat(this.tester.answer("none", "x")).isEmpty();
		assertThat(this.tester.call("nothing", "x").silent()).isTrue();
		assertThat(this.processed).isEmpty();
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
					while (isReady(source) && source.hasNext()) {
						items.add(new String(source.next()));
					}
				}
			}

		});
		return items;
	}

	/** A publisher hands over what it has when it is asked for the first time. */
	private static boolean isReady(ItemSource source) {
		if (!source.isReady()) {
			source.whenReady(() -> {
			});
		}
		return source.isReady();
	}

	static class Handlers {

		private static Mono<String> of(String text) {
			return Mono.deferContextual((context) -> Mono.just(text + " of " + context.getOrDefault("who", "nobody")));
		}

		Mono<String> mono(String text) {
			return of(text);
		}

		Flux<String> flux() {
			return Flux.just("1", "2").concatMap(Handlers::of);
		}

		Callable<String> adapted(String text) {
			return () -> text;
		}

		Mono<String> failing(String text) {
			throw new IllegalStateException(text);
		}

		@MessageExceptionHandler
		Mono<String> failed(IllegalStateException ex) {
			return of("failed");
		}

		String text(String text) {
			return text;
		}

		CompletableFuture<String> future(String text) {
			return CompletableFuture.completedFuture(text);
		}

		Stream<Integer> stream() {
			return Stream.of(1);
		}

		@Nullable Mono<String> none() {
			return null;
		}

		void nothing() {
		}

	}

	static class CallableAdapter implements UdsResultAdapter {

		@Override
		public boolean supports(MethodParameter returnType) {
			return returnType.getParameterType() == Callable.class;
		}

		@Override
		public Object adapt(@Nullable Object result, MethodParameter returnType) throws Exception {
			return Handlers.of(String.valueOf(((Callable<?>) result).call()));
		}

	}

}
