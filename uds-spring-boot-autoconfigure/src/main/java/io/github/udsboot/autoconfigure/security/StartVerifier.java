package io.github.udsboot.autoconfigure.security;

import org.springframework.context.SmartLifecycle;

import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Verifies something before the first listener starts, when all handlers are registered.
 */
abstract class StartVerifier implements SmartLifecycle {

	private volatile boolean running;

	/**
	 * Verify it, at each start. Anything thrown fails the start.
	 */
	abstract void verify();

	@Override
	public final void start() {
		this.running = true;
		verify();
	}

	@Override
	public final void stop() {
		this.running = false;
	}

	@Override
	public final boolean isRunning() {
		return this.running;
	}

	@Override
	public final int getPhase() {
		return UdsListenerContainer.PHASE - 1;
	}

}
