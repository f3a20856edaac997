package io.github.udsboot.handler.method;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Struct;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import tools.jackson.databind.JsonNode;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.fuzz.FuzzTarget;
import io.github.udsboot.fuzz.Order;
import io.github.udsboot.fuzz.Require;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Requests on their way to the arguments of handler methods: payloads, variables of
 * routes and headers. Each has one outcome, and what is wrong with a request is the
 * caller's fault and never the handler's.
 *
 * <pre>
 * input = handler, 1 byte | length, 1 byte | variable or value of headers | payload
 * </pre>
 */
public final class ArgumentTarget implements FuzzTarget {

	private static final String SEPARATOR = "\u0001";

	/** Of a line of text for a peer; the writer of frames would cut it. */
	private static final int MAX_MESSAGE = 4 << 10;

	private final List<String> routes = new ArrayList<>();

	private final UdsRouter router;

	public ArgumentTarget() {
		HandlerRegistry registry = new HandlerRegistry();
		Handlers bean = new Handlers();
		Method[] methods = Handlers.class.getDeclaredMethods();
		Arrays.sort(methods, (a, b) -> a.getName().compareTo(b.getName()));
		for (Method method : methods) {
			if (!method.isSynthetic()) {
				String variables = method.getName().startsWith("two") ? ".{a}.{b}"
						: method.getName().startsWith("var") ? ".{a}" : "";
				this.routes.add(method.getName() + variables);
				registry.register(new UdsHandlerEndpoint(Set.of("default"), method.getName() + variables, () -> bean,
						Handlers.class, method, Execution.INLINE));
			}
		}
		this.router = registry.routerFor("default");
	}

	@Override
	public void accept(byte[] input) {
		if (input.length < 2) {
			return;
		}
		String route = this.routes.get((input[0] & 0xff) % this.routes.size());
		int length = Math.min(input[1] & 0xff, input.length - 2);
		String text = new String(input, 2, length, StandardCharsets.UTF_8);
		byte[] payload = Arrays.copyOfRange(input, 2 + length, input.length);
		String called = route.replace("{a}", text).replace("{b}", "b");
		UdsRouter.Match match = this.router.find(called);
		if (match == null) {
			Require.that(text.isEmpty() || text.contains("."), () -> "No handler of '" + called + "'");
			return;
		}
		List<String> values = List.of(text.split(SEPARATOR, -1));
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		if (!route.contains("{")) {
			// the text may be one of the others
			List.of("value", "tag", "id", "uds_route", text).forEach((key) -> metadata.put(key, values));
		}
		Outcome outcome = new Outcome();
		match.handler()
			.handle(new UdsRequest(called, payload, metadata, HandlerTester.PEER, UdsRequest.NO_DEADLINE),
					match.variables(), outcome);
		check(outcome, called);
	}

	private static void check(Outcome outcome, String route) {
		Require.that(outcome.replies.size() == 1, () -> outcome.replies.size() + " outcomes of '" + route + "'");
		UdsReply reply = outcome.replies.get(0);
		Require.that(reply.status() == Status.OK || reply.status() == Status.INVALID_ARGUMENT,
				() -> reply.status() + " of '" + route + "': " + reply.message());
		Require.that(reply.status() == Status.OK || !reply.message().isBlank(), () -> "A failure says nothing");
		Require.that(
				reply.message().length() <= MAX_MESSAGE && reply.message().chars().noneMatch(Character::isISOControl),
				() -> "Not for a peer: " + reply.message());
	}

	/** What libraries do for it: Jackson reads 1e99999 as a number of so many digits. */
	@Override
	public long allowedBytes(int length) {
		return (32 << 20) + 10_000L * length;
	}

	@Override
	public List<byte[]> seeds() {
		List<byte[]> seeds = new ArrayList<>();
		for (int i = 0; i < this.routes.size(); i++) {
			for (String text : List.of("7", "PT1S", "2026-11-30", "SECONDS", "6f1c9a5e-3f0a-4f0e-9d0e-000000000001",
					"a" + SEPARATOR + "b", "\u00e4", "1s")) {
				seeds.add(input(i, text, "{\"id\":7}".getBytes(StandardCharsets.UTF_8)));
			}
			seeds.add(input(i, "7", Order.json()));
			seeds.add(input(i, "7", "[{\"id\":7},{\"parts\":[{\"id\":8}]}]".getBytes(StandardCharsets.UTF_8)));
			seeds.add(input(i, "7", Struct.newBuilder().build().toByteArray()));
			seeds.add(input(i, "7", "-1.5e3".getBytes(StandardCharsets.UTF_8)));
		}
		return seeds;
	}

	private static byte[] input(int handler, String text, byte[] payload) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		ByteArrayOutputStream input = new ByteArrayOutputStream();
		input.write(handler);
		input.write(bytes.length);
		input.writeBytes(bytes);
		input.writeBytes(payload);
		return input.toByteArray();
	}

	private static final class Outcome implements UdsReplyCallback {

		private final List<UdsReply> replies = new ArrayList<>(1);

		@Override
		public void reply(UdsReply reply) {
			this.replies.add(reply);
		}

	}

	/** Handlers that return nothing and take what there is. */
	static class Handlers {

		void anything(Object payload) {
		}

		void buffer(ByteBuffer payload) {
		}

		void decimal(BigDecimal payload) {
		}

		void headerDuration(@Header Duration value, @Header(required = false) Integer absent) {
		}

		void headerInt(@Header int value, @Header("tag") List<String> tags) {
		}

		void headerLongs(@Header List<Long> value, @Header Optional<String> other) {
		}

		void headerInstant(@Header Optional<Instant> value, MessageHeaders all) {
		}

		void map(Map<String, Object> payload) {
		}

		void message(Message<Order> message) {
		}

		void node(JsonNode payload) {
		}

		void number(int payload) {
		}

		void optional(Optional<Order> payload) {
		}

		void order(Order order) {
		}

		void orderIfAny(@Payload(required = false) Order order) {
		}

		void orders(List<Order> orders) {
		}

		void struct(Struct struct) {
		}

		void text(String text) {
		}

		void twoText(@DestinationVariable String a, @DestinationVariable String b, @Payload Order order) {
		}

		void varChar(@DestinationVariable char a) {
		}

		void varDate(@DestinationVariable LocalDate a) {
		}

		void varDecimal(@DestinationVariable BigDecimal a) {
		}

		void varDuration(@DestinationVariable Duration a) {
		}

		void varEnum(@DestinationVariable TimeUnit a) {
		}

		void varInstant(@DestinationVariable Instant a) {
		}

		void varLong(@DestinationVariable long a, byte[] payload) {
		}

		void varUuid(@DestinationVariable UUID a) {
		}

	}

}
