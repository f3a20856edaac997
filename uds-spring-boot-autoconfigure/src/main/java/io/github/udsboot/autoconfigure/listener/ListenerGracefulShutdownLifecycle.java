package io.github.udsboot.autoconfigure.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Drains the listeners, all at once: after the web servers, whose requests may call
 * through these sockets, and before anything stops that handlers may need.
 */
final class ListenerGracefulShutdownLifecycle implements SmartLifecycle {

	/**
	 * Between the phase in which Boot's web servers shut down gracefully and the one in
	 * which they stop.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1536;

	private final ObjectProvider<UdsListenerContainer> containers;

	private volatile boolean running;

	ListenerGracefulShutdownLifecycle(ObjectProvider<UdsListenerContainer> containers) {
		this.containers = containers;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		drain();
	}

	@Override
	public void stop(Runnable callback) {
		// calls that do not finish in time are cut off by their container
		drain().whenComplete((result, failure) -> callback.run());
	}

	private CompletableFuture<Void> drain() {
		this.running = false;
		List<CompletableFuture<Void>> drains = this.containers.stream(ObjectProvider.UNFILTERED)
			.map(UdsListenerContainer::drain)
			.toList();
		return CompletableFuture.allOf(drains.toArray(CompletableFuture[]::new));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
