package io.github.udsboot.listener;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * The bind of a starting listener, which may have to wait for another server. It then has
 * a thread of its own, and the starting thread waits for that one without a limit: an
 * application context that is closed while it starts interrupts its starting thread only
 * if that waits without a limit.
 */
final class ListenerBind {

	private final UdsListenerOptions options;

	private final CompletableFuture<UdsServerSocket> server = new CompletableFuture<>();

	ListenerBind(UdsListenerOptions options) {
		this.options = options;
	}

	/**
	 * Bind.
	 * @param transport the transport
	 * @return the listening socket
	 * @throws IOException if the address cannot be bound, or if the wait was given up
	 */
	UdsServerSocket run(UdsTransport transport) throws IOException {
		if (this.server.isCancelled()) {
			throw abandoned("while it started", null);
		}
		if (this.options.getBindOptions().waitForRelease().isZero()) {
			return transport.bind(this.options.getAddress(), this.options.getBindOptions());
		}
		Thread binder = new Thread(() -> bind(transport), "uds-" + this.options.getName() + "-bind");
		binder.start();
		try {
			return this.server.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon();
			if (this.server.isCancelled()) {
				throw abandoned("while it waited for the release of '" + this.options.getAddress() + "'", ex);
			}
			return bound();
		}
		catch (CancellationException ex) {
			throw abandoned("while it waited for the release of '" + this.options.getAddress() + "'", ex);
		}
		catch (ExecutionException ex) {
			throw rethrow(ex.getCause());
		}
		finally {
			// No effect if it has finished
			binder.interrupt();
		}
	}

	/**
	 * Return the result of a bind that had finished when the starting thread was
	 * interrupted.
	 */
	private UdsServerSocket bound() throws IOException {
		try {
			return this.server.join();
		}
		catch (CompletionException ex) {
			throw rethrow(ex.getCause());
		}
	}

	private void bind(UdsTransport transport) {
		try {
			UdsServerSocket bound = transport.bind(this.options.getAddress(), this.options.getBindOptions());
			if (!this.server.complete(bound)) {
				bound.close();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			this.server.completeExceptionally(ex);
		}
	}

	/**
	 * Let the starting thread continue without a socket, unless the bind has finished.
	 */
	void abandon() {
		this.server.cancel(false);
	}

	private IOException abandoned(String when, @Nullable Exception cause) {
		return new BindFailedException(Reason.OTHER, this.options.getAddress(), "The listener was stopped " + when,
				"Start it again.", cause);
	}

	private static IOException rethrow(@Nullable Throwable cause) {
		if (cause instanceof IOException ex) {
			return ex;
		}
		if (cause instanceof RuntimeException ex) {
			throw ex;
		}
		if (cause instanceof Error ex) {
			throw ex;
		}
		return new IOException(cause);
	}

}
