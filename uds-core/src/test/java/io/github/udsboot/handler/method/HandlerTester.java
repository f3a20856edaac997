package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.util.ReflectionUtils;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls the methods of an object as handlers.
 */
public class HandlerTester {

	public static final PeerCredentials PEER = new PeerCredentials(new User("ada"), new User("analysts"), 42L, 1000L,
			100L);

	private final Object bean;

	private final UdsHandlerMethodFactory factory;

	private final BlockingQueue<UdsReply> replies = new LinkedBlockingQueue<>();

	private Map<String, List<String>> metadata = Map.of();

	private long deadline = UdsRequest.NO_DEADLINE;

	private Map<String, String> variables = Map.of();

	private String route = "test.route";

	public HandlerTester(Object bean) {
		this(bean, new UdsHandlerMethodFactory());
	}

	public HandlerTester(Object bean, UdsHandlerMethodFactory factory) {
		this.bean = bean;
		this.factory = factory;
	}

	public HandlerTester metadata(Map<String, List<String>> metadata) {
		this.metadata = metadata;
		return this;
	}

	public HandlerTester deadline(long deadline) {
		this.deadline = deadline;
		return this;
	}

	public HandlerTester variables(String route, Map<String, String> variables) {
		this.route = route;
		this.variables = variables;
		return this;
	}

	public UdsRequestHandler handler(String method) {
		return this.factory.create(endpoint(this.bean, method, this.route), this.variables.keySet());
	}

	public void start(String method, byte[] payload) {
		handler(method).handle(request(payload), this.variables, this.replies::add);
	}

	public UdsRequest request(byte[] payload) {
		return new UdsRequest(this.route, payload, this.metadata, PEER, this.deadline);
	}

	public UdsReply call(String method, byte[] payload) {
		start(method, payload);
		return reply();
	}

	public UdsReply call(String method, String payload) {
		return call(method, payload.getBytes(StandardCharsets.UTF_8));
	}

	public String answer(String method, String payload) {
		return text(call(method, payload));
	}

	public UdsReply reply() {
		try {
			UdsReply reply = this.replies.poll(10, TimeUnit.SECONDS);
			assertThat(reply).as("reply").isNotNull();
			assertThat(this.replies).as("further replies").isEmpty();
			return reply;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public boolean hasReply() {
		return !this.replies.isEmpty();
	}

	public static String text(UdsReply reply) {
		assertThat(reply.message()).isEmpty();
		assertThat(reply.status()).isEqualTo(Status.OK);
		return new String(reply.payload(), StandardCharsets.UTF_8);
	}

	public static UdsHandlerEndpoint endpoint(Object bean, String methodName, String route, String... listeners) {
		Class<?> type = bean.getClass();
		Method method = Stream.of(ReflectionUtils.getUniqueDeclaredMethods(type))
			.filter((candidate) -> candidate.getName().equals(methodName) && !candidate.isBridge())
			.findFirst()
			.orElseThrow();
		return new UdsHandlerEndpoint((listeners.length == 0) ? Set.of("default") : Set.of(listeners), route,
				() -> bean, type, method, Execution.AUTO);
	}

	public record User(String name) implements GroupPrincipal, UserPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
