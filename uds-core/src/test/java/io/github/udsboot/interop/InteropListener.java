package io.github.udsboot.interop;

import java.nio.file.Path;

import org.springframework.context.support.GenericApplicationContext;

import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.handler.HandlerRegistry;
import io.github.udsboot.handler.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * A listener of ours with {@link InteropService} as its handler, put together as in an
 * application.
 */
final class InteropListener implements AutoCloseable {

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final Path socket;

	private final UdsListenerContainer container;

	private InteropListener(Path socket, TransportType transport) {
		this.socket = socket;
		HandlerRegistry registry = new HandlerRegistry();
		this.context.registerBean(InteropService.class);
		this.context.registerBean(UdsHandlerMethodProcessor.class, () -> new UdsHandlerMethodProcessor(registry));
		this.context.refresh();
		UdsListenerOptions options = new UdsListenerOptions("interop", UdsAddress.of(socket));
		options.setTransport(transport);
		this.container = new UdsListenerContainer(options, registry.routerFor(UdsHandlerEndpoint.DEFAULT_LISTENER),
				CallRecorder.NONE, null);
	}

	static InteropListener start(Path socket, TransportType transport) {
		InteropListener listener = new InteropListener(socket, transport);
		listener.container.start();
		return listener;
	}

	Path socket() {
		return this.socket;
	}

	UdsListenerStats stats() {
		return this.container.stats();
	}

	@Override
	public void close() {
		this.container.stop();
		this.context.close();
	}

}
