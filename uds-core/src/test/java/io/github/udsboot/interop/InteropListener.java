package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.List;

import org.springframework.context.support.GenericApplicationContext;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * A listener of ours with a bean of handlers, put together as in an application.
 */
final class InteropListener implements AutoCloseable {

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final UdsListenerContainer container;

	private <T> InteropListener(UdsListenerOptions options, Class<T> type, T handlers) {
		HandlerRegistry registry = new HandlerRegistry();
		this.context.registerBean(type, () -> handlers);
		this.context.registerBean(UdsHandlerMethodProcessor.class, () -> new UdsHandlerMethodProcessor(registry));
		this.context.refresh();
		this.container = new UdsListenerContainer(options, registry.routerFor(UdsHandlerEndpoint.DEFAULT_LISTENER),
				CallRecorder.NONE, null);
	}

	static UdsListenerOptions options(Path socket, TransportType transport) {
		return options(UdsAddress.of(socket), transport);
	}

	static UdsListenerOptions options(UdsAddress address, TransportType transport) {
		UdsListenerOptions options = new UdsListenerOptions("interop", address);
		options.setTransport(transport);
		return options;
	}

	/** Start a listener for ttrpc with {@link InteropService}. */
	static InteropListener start(Path socket, TransportType transport) {
		return start(options(socket, transport), new InteropService());
	}

	/**
	 * Start a listener.
	 * @param options its options
	 * @param handlers the bean with the handlers
	 * @param sessionListeners who is told of sessions
	 * @return the listener, which accepts connections
	 */
	@SuppressWarnings("unchecked")
	static <T> InteropListener start(UdsListenerOptions options, T handlers, UdsSessionListener... sessionListeners) {
		InteropListener listener = new InteropListener(options, (Class<T>) handlers.getClass(), handlers);
		listener.container.setSessionListeners(List.of(sessionListeners));
		listener.container.start();
		return listener;
	}

	Path socket() {
		return this.container.getOptions().getAddress().path();
	}

	UdsListenerStats stats() {
		return this.container.stats();
	}

	/** Stop as at the end of an application. */
	void stop() {
		this.container.stop();
	}

	@Override
	public void close() {
		stop();
		this.context.close();
	}

}
