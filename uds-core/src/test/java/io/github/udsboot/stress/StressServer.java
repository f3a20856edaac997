package io.github.udsboot.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * The listeners of a round, one for each protocol.
 */
final class StressServer implements AutoCloseable {

	static final Duration DRAIN = Duration.ofSeconds(20);

	private final Path directory;

	private final ExecutorService pool = Executors
		.newCachedThreadPool((task) -> new Thread(task, "stress-application"));

	final StressHandlers handlers;

	final UdsListenerContainer calls;

	final UdsListenerContainer lines;

	final UdsListenerContainer raw;

	StressServer(RoundPlan plan, CallLedger ledger) {
		try {
			this.directory = Files.createTempDirectory("uds-stress");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.handlers = new StressHandlers(ledger);
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : StressHandlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic() && !java.lang.reflect.Modifier.isPrivate(method.getModifiers())) {
				register(registry, method);
			}
		}
		this.calls = new UdsListenerContainer(options("calls", plan), registry.routerFor("calls"), recorder(plan),
				plan.applicationPool() ? this.pool : null);
		if (plan.intercepted()) {
			this.calls.setInterceptors(List.of((request, chain) -> chain.proceed(request)));
		}
		UdsListenerOptions lines = options("lines", plan);
		lines.setProtocol(new LineProtocol());
		this.lines = new UdsListenerContainer(lines, registry.routerFor("lines"), recorder(plan),
				plan.applicationPool() ? this.pool : null);
		UdsListenerOptions raw = options("raw", plan);
		raw.setProtocol(new RawProtocol());
		raw.setKeepAlive(false);
		this.raw = new UdsListenerContainer(raw, registry.routerFor("raw"), recorder(plan),
				plan.applicationPool() ? this.pool : null);
		all().forEach(UdsListenerContainer::start);
	}

	private void register(HandlerRegistry registry, Method method) {
		String name = method.getName();
		String listener = switch (name) {
			case "talk" -> "lines";
			case "raw" -> "raw";
			case "close" -> null;
			default -> "calls";
		};
		Execution execution = switch (name) {
			case "inline", "raw" -> Execution.INLINE;
			case "pool", "talk" -> Execution.POOL;
			case "virtual" -> Threads.hasVirtual() ? Execution.VIRTUAL : Execution.POOL;
			default -> Execution.AUTO;
		};
		if (listener != null) {
			registry.register(new UdsHandlerEndpoint(Set.of(listener), listener.equals("calls") ? name : "",
					() -> this.handlers, StressHandlers.class, method, execution));
		}
	}

	static CallRecorder recorder(RoundPlan plan) {
		if (!plan.unreliable()) {
			return CallRecorder.NONE;
		}
		AtomicInteger count = new AtomicInteger();
		return (route, status, nanos) -> {
			if (count.incrementAndGet() % 10 == 0) {
				throw new ProvokedException("a recorder");
			}
		};
	}

	private UdsListenerOptions options(String name, RoundPlan plan) {
		UdsListenerOptions options = new UdsListenerOptions(name, UdsAddress.of(path(name)));
		options.setTransport(plan.transport());
		options.setEventLoops(plan.eventLoops());
		options.setBusyPoll(plan.busyPoll());
		options.setMaxConnections(5_000);
		options.setMaxInFlight(100_000);
		options.setMaxInFlightPerConnection(10_000);
		options.setMaxHandlerThreads(100);
		options.setDrainTimeout(DRAIN);
		options.setDrainStreamTimeout(DRAIN);
		options.setClocks(new ConnectionClocks(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5),
				Duration.ZERO));
		return options;
	}

	Path path(String name) {
		return this.directory.resolve(name + ".sock");
	}

	List<UdsListenerContainer> all() {
		return List.of(this.calls, this.lines, this.raw);
	}

	@Override
	public void close() {
		all().forEach(UdsListenerContainer::stop);
		this.handlers.close();
		this.pool.shutdownNow();
		try (Stream<Path> files = Files.list(this.directory)) {
			for (Path file : files.toList()) {
				Files.delete(file);
			}
			Files.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	TransportType transport() {
		return this.calls.getOptions().getTransport();
	}

}
