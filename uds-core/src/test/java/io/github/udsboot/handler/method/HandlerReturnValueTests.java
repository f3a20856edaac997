package io.github.udsboot.handler.method;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import com.fasterxml.jackson.annotation.JsonView;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerReturnValueTests {

	private final Handlers handlers = new Handlers();

	private final HandlerTester tester = new HandlerTester(this.handlers);

	@ParameterizedTest
	@ValueSource(strings = { "voidMethod", "nullValue", "emptyOptional", "nullStage", "nullInStage",
			"emptyOptionalInStage" })
	void nothingIsAnEmptyPayload(String method) {
		assertThat(this.tester.answer(method, "")).isEmpty();
	}

	@Test
	void bytesGoOutAsTheyAre() {
		assertThat(this.tester.call("bytes", "").payload()).isSameAs(this.handlers.bytes);
		assertThat(this.tester.call("optionalBytes", "").payload()).isSameAs(this.handlers.bytes);
	}

	@Test
	void textGoesOutAsUtf8() {
		assertThat(this.tester.answer("text", "")).isEqualTo("Grüße 🌍");
	}

	@Test
	void bufferGoesOutFromItsPositionToItsLimit() {
		assertThat(this.tester.call("buffer", "").payload()).containsExactly(2, 3);
		assertThat(this.tester.call("directBuffer", "").payload()).containsExactly(9);
	}

	@Test
	void recordGoesOutAsJson() {
		assertThat(this.tester.answer("order", "")).isEqualTo("{\"id\":7}");
		assertThat(this.tester.answer("orders", "")).isEqualTo("[{\"id\":7},{\"id\":8}]");
		assertThat(this.tester.answer("number", "")).isEqualTo("42");
	}

	@Test
	void jsonViewOfTheMethodIsHeeded() {
		assertThat(this.tester.answer("view", "")).isEqualTo("{\"open\":\"o\"}");
	}

	@Test
	void protobufGoesOutInItsBinaryForm() {
		assertThat(this.tester.call("proto", "").payload()).isEqualTo(StringValue.of("Ada").toByteArray());
	}

	@Test
	void optionalIsUnwrapped() {
		assertThat(this.tester.answer("optional", "")).isEqualTo("{\"id\":7}");
	}

	@Test
	void completedStageIsAnsweredAtOnce() {
		assertThat(this.tester.answer("completed", "")).isEqualTo("{\"id\":7}");
		assertThat(this.tester.answer("optionalInStage", "")).isEqualTo("{\"id\":7}");
		assertThat(this.tester.answer("voidStage", "")).isEmpty();
	}

	@Test
	void pendingStageIsAnsweredWhenItCompletes() {
		this.tester.start("pending", new byte[0]);
		assertThat(this.tester.hasReply()).isFalse();
		this.handlers.pending.complete("late");
		assertThat(HandlerTester.text(this.tester.reply())).isEqualTo("late");
	}

	record Order(long id) {

	}

	interface Open {

	}

	interface Closed {

	}

	static class Viewed {

		@JsonView(Open.class)
		public String open = "o";

		@JsonView(Closed.class)
		public String closed = "c";

	}

	static class Handlers {

		final byte[] bytes = { 1, 2, 3 };

		final CompletableFuture<String> pending = new CompletableFuture<>();

		void voidMethod() {
		}

		String nullValue() {
			return null;
		}

		Optional<Order> emptyOptional() {
			return Optional.empty();
		}

		CompletionStage<String> nullStage() {
			return null;
		}

		CompletionStage<String> nullInStage() {
			return CompletableFuture.completedFuture(null);
		}

		CompletableFuture<Optional<String>> emptyOptionalInStage() {
			return CompletableFuture.completedFuture(Optional.empty());
		}

		byte[] bytes() {
			return this.bytes;
		}

		Optional<byte[]> optionalBytes() {
			return Optional.of(this.bytes);
		}

		String text() {
			return "Grüße 🌍";
		}

		ByteBuffer buffer() {
			return ByteBuffer.wrap(this.bytes, 1, 2);
		}

		ByteBuffer directBuffer() {
			return ByteBuffer.allocateDirect(1).put(0, (byte) 9);
		}

		Order order() {
			return new Order(7);
		}

		List<Order> orders() {
			return List.of(new Order(7), new Order(8));
		}

		int number() {
			return 42;
		}

		@JsonView(Open.class)
		Viewed view() {
			return new Viewed();
		}

		StringValue proto() {
			return StringValue.of("Ada");
		}

		Optional<Order> optional() {
			return Optional.of(new Order(7));
		}

		CompletableFuture<Order> completed() {
			return CompletableFuture.completedFuture(new Order(7));
		}

		CompletionStage<Optional<Order>> optionalInStage() {
			return CompletableFuture.completedStage(Optional.of(new Order(7)));
		}

		CompletionStage<Void> voidStage() {
			return CompletableFuture.completedStage(null);
		}

		CompletionStage<String> pending() {
			return this.pending;
		}

	}

}
