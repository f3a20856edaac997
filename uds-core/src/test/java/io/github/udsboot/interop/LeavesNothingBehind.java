package io.github.udsboot.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test after which there are more descriptors or threads than before its set-up.
 */
final class LeavesNothingBehind implements BeforeEachCallback, AfterEachCallback {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
		.create(LeavesNothingBehind.class);

	private static boolean warm;

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		warmUp();
		context.getStore(NAMESPACE).put(ProcessResources.class, ProcessResources.now());
	}

	/** What is created once and kept for ever must not count as a leak. */
	private static synchronized void warmUp() throws IOException {
		if (warm) {
			return;
		}
		Path directory = Files.createTempDirectory("uds-warm-up");
		Path socket = directory.resolve("warm.sock");
		for (TransportType transport : new TransportType[] { TransportType.JDK, TransportType.JUNIXSOCKET }) {
			UdsListenerOptions options = InteropListener.options(socket, transport);
			options.setProtocol(new LineProtocol());
			try (InteropListener listener = InteropListener.start(options, new EchoHandler());
					UdsTemplate template = UdsTemplate.builder()
						.path(socket.toString())
						.transport(transport)
						.protocol(new LineProtocol())
						.build();
					UdsSession session = template.open()) {
				session.send("hello");
				assertThat(session.receive(String.class)).isEqualTo("hello");
				assertThat(template.exchange("world!", String.class)).isEqualTo("world!");
				assertThat(listener.stats().accepted()).isEqualTo(2);
			}
		}
		Files.deleteIfExists(directory.resolve("warm.sock.lock"));
		Files.delete(directory);
		warm = true;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		ProcessResources before = context.getStore(NAMESPACE).get(ProcessResources.class, ProcessResources.class);
		before.awaitDescriptors();
		before.awaitThreads();
	}

	private static final class EchoHandler {

		@UdsHandler
		String echo(String message) {
			return message;
		}

	}

}
