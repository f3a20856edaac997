package io.github.udsboot.stream;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * A listener whose handlers give and take streams, and what it records of them.
 */
final class StreamListener implements AutoCloseable {

	final StreamHandlers handlers = new StreamHandlers();

	final UdsListenerContainer container;

	/** Routes and statuses, as the server has them. */
	final Queue<String> recorded = new ConcurrentLinkedQueue<>();

	private final Path path;

	private final TransportType transport;

	StreamListener(Path directory, TransportType transport, UdsServerInterceptor... interceptors) {
		this(directory, transport, (options) -> {
		}, interceptors);
	}

	StreamListener(Path directory, TransportType transport, Consumer<UdsListenerOptions> change,
			UdsServerInterceptor... interceptors) {
		this.path = directory.resolve("test.sock");
		this.transport = transport;
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : StreamHandlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic()) {
				registry.register(new UdsHandlerEndpoint(Set.of("test"), method.getName(), () -> this.handlers,
						StreamHandlers.class, method, Execution.AUTO));
			}
		}
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(this.path));
		options.setTransport(transport);
		change.accept(options);
		this.container = new UdsListenerContainer(options, registry.routerFor("test"),
				(route, status, nanos) -> this.recorded.add(route + " " + status), null);
		this.container.setInterceptors(List.of(interceptors));
		this.container.start();
	}

	UdsTemplateBuilder client() {
		return UdsTemplate.builder().path(this.path.toString()).transport(this.transport);
	}

	boolean isIdle() {
		return this.container.stats().requestsInFlight() == 0;
	}

	@Override
	public void close() {
		this.container.stop();
	}

}
