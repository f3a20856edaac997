package io.github.udsboot.autoconfigure.security;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.PeerIdentity;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.springsecurity.Peers;
import io.github.udsboot.springsecurity.SecurityContextPeerContextFactory;
import io.github.udsboot.springsecurity.UnixAuthoritiesMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many callers at once, each of them another user as far as Spring Security can tell: no
 * code ever runs as another caller than its own, and threads begin and end with none. Who
 * the caller is comes by a second way, which does not use Spring Security.
 */
@Timeout(300)
class SecurityContextLeakTests {

	/** Mixed calls; each stream makes hundreds of looks besides. */
	private static final int CALLS = Integer.getInteger("uds.test.calls", 12_000);

	private static final int CLIENTS = 12;

	private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	/** Who the caller is, as a context says that Spring Security knows nothing of. */
	private static final ThreadLocal<Deque<String>> CALLER = ThreadLocal.withInitial(ArrayDeque::new);

	private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

	private static final AtomicInteger LOOKS = new AtomicInteger();

	@TempDir
	private Path directory;

	@Test
	void noCallerIsEverTakenForAnother() {
		LEAKS.clear();
		LOOKS.set(0);
		Path lines = this.directory.resolve("lines.sock");
		Path calls = this.directory.resolve("calls.sock");
		Class<?> virtual = VIRTUAL ? VirtualHandlers.class : Object.class;
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class,
					UdsSecurityAutoConfiguration.class))
			.withUserConfiguration(Contexts.class)
			.withBean(Handlers.class)
			.withBean(Sessions.class)
			.withBean(virtual)
			.withPropertyValues("uds.socket.path=" + calls, "uds.listeners.lines.path=" + lines,
					"uds.listeners.lines.protocol=line")
			.run((context) -> callAll(context, calls, lines));
		assertThat(LEAKS).isEmpty();
		assertThat(LOOKS.get()).isGreaterThan(5 * CALLS);
	}

	private static void callAll(AssertableApplicationContext context, Path calls, Path lines) throws Exception {
		assertThat(context).hasNotFailed();
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				boolean session = i % 6 == 5;
				clients.add(threads.submit(() -> {
					if (session) {
						converse(lines);
					}
					else {
						call(calls);
					}
					return null;
				}));
			}
			for (Future<?> client : clients) {
				client.get(240, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** Calls that are no streams share one connection, whose user stays the same. */
	private static void call(Path path) {
		try (UdsTemplate client = UdsTemplate.builder().path(path.toString()).maxConnections(1).build()) {
			String user = client.request("inline", "", String.class);
			List<String> routes = new ArrayList<>(List.of("inline", "pool", "future", "failing", "failing.future",
					"mono", "changing", "changing.pool"));
			if (VIRTUAL) {
				routes.add("virtual");
			}
			for (int i = 0; i < CALLS / CLIENTS; i++) {
				int next = ThreadLocalRandom.current().nextInt(400);
				if (next < 390) {
					assertThat(client.request(routes.get(next % routes.size()), user, String.class)).isEqualTo(user);
				}
				else if (next < 397) {
					String route = List.of("items", "publisher", "flux").get(next % 3);
					try (Stream<String> items = client.stream(route, "", String.class)) {
						assertThat(items.distinct()).hasSize(1);
					}
				}
				else {
					assertThat(client.route("upload")
						.payloads(IntStream.range(0, 300).mapToObj(Integer::toString))
						.retrieve(String.class)).startsWith("user");
				}
			}
		}
	}

	private static void converse(Path path) {
		try (UdsTemplate client = UdsTemplate.builder().path(path.toString()).protocol(new LineProtocol()).build()) {
			for (int i = 0; i < CALLS / CLIENTS / 50; i++) {
				try (UdsSession session = client.open()) {
					session.send("");
					String user = session.receive(String.class);
					for (int j = 0; j < 50; j++) {
						session.send(user);
						assertThat(session.receive(String.class)).isEqualTo(user);
					}
				}
			}
		}
	}

	/** Look whether this code runs as its caller. */
	private static String look(String where) {
		LOOKS.incrementAndGet();
		String caller = CALLER.get().peekLast();
		String user = user(SecurityContextHolder.getContext().getAuthentication());
		if (!user.equals(caller)) {
			LEAKS.add(where + " of " + caller + " ran as " + user);
		}
		return user;
	}

	private static String user(Authentication authentication) {
		return (authentication != null) ? authentication.getName() : "nobody";
	}

	@Configuration(proxyBeanMethods = false)
	static class Contexts {

		/** Outside of that of Spring Security: must find the thread empty. */
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		PeerContextFactory outermost() {
			return (listener, peer) -> () -> {
				boolean nested = !CALLER.get().isEmpty();
				if (!nested) {
					expectEmpty("A thread began as ");
				}
				return () -> {
					if (!nested) {
						expectEmpty("A thread was left as ");
					}
				};
			};
		}

		private static void expectEmpty(String what) {
			LOOKS.incrementAndGet();
			Authentication left = SecurityContextHolder.getContext().getAuthentication();
			// the look has made one that is empty
			SecurityContextHolder.clearContext();
			if (left != null) {
				LEAKS.add(what + user(left) + " on " + Thread.currentThread());
			}
		}

		/** Makes up a user for each connection, and says so in both ways. */
		@Bean
		PeerContextFactory users() {
			AtomicInteger count = new AtomicInteger();
			SecurityContextPeerContextFactory factory = new SecurityContextPeerContextFactory(
					new UnixAuthoritiesMapper(), SecurityContextHolder.getContextHolderStrategy());
			return (listener, peer) -> bind("user" + count.incrementAndGet(), listener, factory);
		}

		private static PeerContext bind(String user, String listener, PeerContextFactory factory) {
			PeerIdentity madeUp = Peers.peer(user);
			PeerContext context = factory.create(listener, madeUp);
			return () -> {
				CALLER.get().add(user);
				PeerContext.Scope scope = context.open();
				return () -> {
					scope.close();
					CALLER.get().removeLast();
				};
			};
		}

	}

	static class Handlers {

		@UdsHandler(value = "inline", execution = Execution.INLINE)
		String inline(String user) {
			return check(user);
		}

		@UdsHandler(value = "pool", execution = Execution.POOL)
		String pool(String user) {
			return check(user);
		}

		/** Leaves the context as another would have it. */
		@UdsHandler(value = "changing", execution = Execution.INLINE)
		String changing(String user) {
			String seen = check(user);
			SecurityContextHolder.getContext().setAuthentication(null);
			return seen;
		}

		@UdsHandler(value = "changing.pool", execution = Execution.POOL)
		String changingOnPool(String user) {
			String seen = check(user);
			SecurityContextHolder.clearContext();
			return seen;
		}

		@UdsHandler("future")
		CompletableFuture<String> future(String user) {
			String seen = check(user);
			return CompletableFuture.supplyAsync(() -> seen);
		}

		@UdsHandler("mono")
		Mono<String> mono(String user) {
			check(user);
			return Mono.delay(Duration.ofNanos(100))
				.then(ReactiveSecurityContextHolder.getContext())
				.map((context) -> user(context.getAuthentication()));
		}

		@UdsHandler("failing")
		String failing(String user) {
			throw new IllegalStateException(check(user));
		}

		@UdsHandler("failing.future")
		CompletableFuture<String> failingFuture(String user) {
			check(user);
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("expected by the test");
			});
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, String user) {
			return check(user);
		}

		@UdsHandler("items")
		Stream<String> items() {
			String user = look("stream");
			return Stream.generate(() -> same(user, look("item"))).limit(300).onClose(() -> look("closing"));
		}

		@UdsHandler("flux")
		Flux<String> flux() {
			String user = look("flux");
			return Flux.range(0, 300)
				.concatMap((i) -> ReactiveSecurityContextHolder.getContext())
				.map((context) -> same(user, user(context.getAuthentication())));
		}

		@UdsHandler("publisher")
		Flow.Publisher<String> publisher() {
			String user = look("publisher");
			return (subscriber) -> {
				look("subscription");
				subscriber.onSubscribe(new Flow.Subscription() {

					private int sent;

					@Override
					public void request(long n) {
						for (long i = 0; i < n && this.sent < 300; i++) {
							this.sent++;
							subscriber.onNext(same(user, look("request")));
						}
						if (this.sent == 300) {
							this.sent++;
							subscriber.onComplete();
						}
					}

					@Override
					public void cancel() {
					}

				});
			};
		}

		@UdsHandler("upload")
		CompletableFuture<String> upload(Flow.Publisher<Integer> items) {
			String user = look("upload");
			CompletableFuture<String> answer = new CompletableFuture<>();
			items.subscribe(new Flow.Subscriber<>() {

				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					subscription.request(Long.MAX_VALUE);
				}

				@Override
				public void onNext(Integer item) {
					same(user, look("item of an upload"));
				}

				@Override
				public void onError(Throwable failure) {
					answer.completeExceptionally(failure);
				}

				@Override
				public void onComplete() {
					answer.complete(same(user, look("end of an upload")));
				}

			});
			return answer;
		}

		@UdsHandler(listener = "lines")
		String line(String user) {
			return check(user);
		}

		private static String check(String user) {
			String seen = look("call");
			return user.isEmpty() ? seen : same(user, seen);
		}

		private static String same(String user, String seen) {
			if (!seen.equals(user)) {
				LEAKS.add(user + " was taken for " + seen);
			}
			return seen;
		}

	}

	/** Needs Java 21. */
	static class VirtualHandlers {

		@UdsHandler(value = "virtual", execution = Execution.VIRTUAL)
		String virtual(String user) {
			Thread.yield();
			return Handlers.check(user);
		}

	}

	static class Sessions implements UdsSessionListener {

		@Override
		public void sessionOpened(UdsSession session) {
			look("opening");
		}

		@Override
		public void sessionClosed(UdsSession session, String reason, Throwable cause) {
			look("closing of a session");
		}

	}

}
