package io.github.udsboot.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * A listener on a temporary socket, with handlers made of lambdas, and templates that
 * call it.
 */
public final class TestListener implements AutoCloseable {

	private final Path directory;

	private final Path path;

	private final TransportType transport;

	private final Map<String, UdsRequestHandler> handlers = new ConcurrentHashMap<>();

	private final UdsListenerOptions options;

	private final List<UdsSessionListener> sessionListeners = new ArrayList<>();

	private final List<UdsServerInterceptor> interceptors = new ArrayList<>();

	private final List<UdsConnectionRefusalListener> refusalListeners = new ArrayList<>();

	private CallRecorder recorder = CallRecorder.NONE;

	private @Nullable Executor executor;

	private @Nullable UdsListenerContainer container;

	public TestListener() {
		this(TestTransport.type());
	}

	public TestListener(TransportType transport) {
		this.transport = transport;
		try {
			this.directory = Files.createTempDirectory("uds");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.path = this.directory.resolve("test.sock");
		this.options = new UdsListenerOptions("test", UdsAddress.of(this.path));
		this.options.setTransport(transport);
		handle("echo", (request, callback) -> callback.reply(UdsReply.ok(request.payload())));
	}

	public TestListener handle(String route, Handler handler) {
		return handle(route, Execution.AUTO, handler);
	}

	public TestListener handle(String route, Execution execution, Handler handler) {
		this.handlers.put(route, new LambdaHandler(route, execution, handler, false));
		return this;
	}

	/** Speak a protocol without routes, with one handler for all messages. */
	public TestListener messages(MessageProtocol protocol, Handler handler) {
		return messages(protocol, Execution.AUTO, handler);
	}

	public TestListener messages(MessageProtocol protocol, Execution execution, Handler handler) {
		this.options.setProtocol(protocol);
		this.handlers.clear();
		return handle("", execution, handler);
	}

	/** Speak a protocol without routes, with one handler that has the session. */
	public TestListener conversations(MessageProtocol protocol, Execution execution, Handler handler) {
		messages(protocol, execution, handler);
		this.handlers.put("", new LambdaHandler("", execution, handler, true));
		return this;
	}

	/** Set who is told of sessions, by default nobody. */
	public TestListener sessionListener(UdsSessionListener sessionListener) {
		this.sessionListeners.add(sessionListener);
		return this;
	}

	/** Add an interceptor, within those that are there. */
	public TestListener interceptor(UdsServerInterceptor interceptor) {
		this.interceptors.add(interceptor);
		return this;
	}

	/** Set who is told of refused connections, by default nobody. */
	public TestListener refusalListener(UdsConnectionRefusalListener refusalListener) {
		this.refusalListeners.add(refusalListener);
		return this;
	}

	public TestListener options(Consumer<UdsListenerOptions> change) {
		change.accept(this.options);
		return this;
	}

	/** Set the recorder of calls, by default none. */
	public TestListener recorder(CallRecorder recorder) {
		this.recorder = recorder;
		return this;
	}

	/** Set the application's executor, by default none. */
	public TestListener executor(Executor executor) {
		this.executor = executor;
		return this;
	}

	/** Start, or start again after a stop. */
	public TestListener start() {
		if (this.container == null) {
			this.container = new UdsListenerContainer(this.options, new MapRouter(this.handlers), this.recorder,
					this.executor);
			this.container.setSessionListeners(this.sessionListeners);
			this.container.setInterceptors(this.interceptors);
			this.container.setRefusalListeners(this.refusalListeners);
		}
		this.container.start();
		return this;
	}

	public UdsListenerContainer container() {
		if (this.container == null) {
			throw new IllegalStateException("Not started");
		}
		return this.container;
	}

	public UdsTemplateBuilder client() {
		return UdsTemplate.builder()
			.path(this.path.toString())
			.transport(this.transport)
			.protocol(this.options.getProtocol());
	}

	public Path path() {
		return this.path;
	}

	@Override
	public void close() {
		try {
			if (this.container != null) {
				this.container.stop();
			}
			try (var files = Files.list(this.directory)) {
				for (Path file : files.toList()) {
					Files.delete(file);
				}
			}
			Files.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What a test does with a request. */
	@FunctionalInterface
	public interface Handler {

		void handle(UdsRequest request, UdsReplyCallback callback) throws Exception;

	}

	private record LambdaHandler(String route, Execution execution, Handler handler,
			boolean needsSession) implements UdsRequestHandler {

		@Override
		public void handle(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback) {
			try {
				this.handler.handle(request, callback);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private record MapRouter(Map<String, UdsRequestHandler> byRoute) implements UdsRouter {

		@Override
		public @Nullable Match find(String route) {
			UdsRequestHandler handler = this.byRoute.get(route);
			return (handler != null) ? new Match(handler, Map.of()) : null;
		}

		@Override
		public @Nullable UdsRequestHandler defaultHandler() {
			return this.byRoute.get("");
		}

		@Override
		public Collection<UdsRequestHandler> handlers() {
			return this.byRoute.values();
		}

		@Override
		public boolean isEmpty() {
			return this.byRoute.isEmpty();
		}

	}

}
