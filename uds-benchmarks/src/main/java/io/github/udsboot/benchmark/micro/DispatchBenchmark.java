package io.github.udsboot.benchmark.micro;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.GroupPrincipal;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.UdsRouter.Match;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Finds a handler method, converts the payload for it, calls it and converts what it
 * returns.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DispatchBenchmark {

	private final UdsRouter router = router();

	private final PeerCredentials peer = new PeerCredentials(new Group("user"), new Group("group"), null, null, null);

	private final byte[] bytes = new byte[64];

	private final byte[] text = "x".repeat(64).getBytes(StandardCharsets.UTF_8);

	private final byte[] json = "{\"id\":42,\"customer\":\"Ada Lovelace\",\"amount\":12.5}"
		.getBytes(StandardCharsets.UTF_8);

	private static UdsRouter router() {
		HandlerRegistry registry = new HandlerRegistry();
		Echo echo = new Echo();
		for (Method method : Arrays.asList(Echo.class.getDeclaredMethods())) {
			registry.register(new UdsHandlerEndpoint(Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER),
					"benchmark." + method.getName(), () -> echo, Echo.class, method, Execution.AUTO));
		}
		return registry.routerFor(UdsHandlerEndpoint.DEFAULT_LISTENER);
	}

	/**
	 * Call a handler of bytes.
	 * @param blackhole takes the answer
	 */
	@Benchmark
	public void bytes(Blackhole blackhole) {
		call("benchmark.bytes", this.bytes, blackhole);
	}

	/**
	 * Call a handler of text.
	 * @param blackhole takes the answer
	 */
	@Benchmark
	public void text(Blackhole blackhole) {
		call("benchmark.text", this.text, blackhole);
	}

	/**
	 * Call a handler of a record, which is read from and written to JSON.
	 * @param blackhole takes the answer
	 */
	@Benchmark
	public void json(Blackhole blackhole) {
		call("benchmark.json", this.json, blackhole);
	}

	private void call(String route, byte[] payload, Blackhole blackhole) {
		Match match = this.router.find(route);
		if (match == null) {
			throw new IllegalStateException("There is no handler for '" + route + "'");
		}
		UdsRequest request = new UdsRequest(route, payload, Map.of(), this.peer, UdsRequest.NO_DEADLINE);
		match.handler().handle(request, match.variables(), (reply) -> {
			if (reply.status() != Status.OK) {
				throw new IllegalStateException("The handler failed: " + reply.message());
			}
			blackhole.consume(reply);
		});
	}

	/** Answers with what was sent. */
	static class Echo {

		byte[] bytes(byte[] payload) {
			return payload;
		}

		String text(String payload) {
			return payload;
		}

		Order json(Order payload) {
			return payload;
		}

	}

	/**
	 * A record of some fields.
	 *
	 * @param id a number
	 * @param customer a text
	 * @param amount a decimal number
	 */
	record Order(long id, String customer, double amount) {

	}

	/**
	 * A principal.
	 *
	 * @param getName its name
	 */
	private record Group(String getName) implements GroupPrincipal {

	}

}
