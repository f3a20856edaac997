package io.github.udsboot.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Drains the listeners when web servers drain, before anything stops that handlers may
 * need.
 */
final class ListenerGracefulShutdownLifecycle implements SmartLifecycle {

	/** The phase in which Boot's web servers shut down gracefully. */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

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
		// Who does not finish is cut off by the container, when the phase has timed out
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
