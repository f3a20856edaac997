package io.github.udsboot.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener that knows no route. A class of its own, as its fields are no part of what
 * is explored.
 */
abstract class InterleavedListener implements Interleaving {

	final UdsAddress address = UdsAddress.of(Path.of("/memory/socket"));

	final UdsListenerContainer container;

	private boolean startCalled;

	/** It has looked how often the listener was stopped before. */
	private boolean startBegun;

	private boolean startFailed;

	private boolean stopBegun;

	private boolean mustStop;

	private boolean mustRun = true;

	private int starts;

	InterleavedListener(Duration waitForRelease) {
		MemoryTransport.clear();
		UdsListenerOptions options = new UdsListenerOptions("test", this.address);
		options.setBindOptions(BindOptions.DEFAULTS.withWaitForRelease(waitForRelease));
		options.setEventLoops(1);
		options.setBusyPoll(Duration.ZERO);
		this.container = new UdsListenerContainer(options, this::router, CallRecorder.NONE, null);
	}

	private UdsRouter router() {
		this.startBegun = true;
		return new NoRoutes();
	}

	final void start() {
		this.startCalled = true;
		try {
			this.container.start();
		}
		catch (UdsListenerStartException ex) {
			this.startFailed = true;
		}
		this.starts++;
	}

	final boolean hasBegunToStop() {
		return this.stopBegun;
	}

	final void stop() {
		this.stopBegun = true;
		this.mustStop = this.startBegun;
		this.container.stop();
		this.mustRun = !this.startCalled;
	}

	/** A stop that comes during a start or after it ends what was started. */
	final void checkWhatWasStarted() {
		assertThat(this.starts).isEqualTo(1);
		if (this.mustStop) {
			assertThat(this.container.isRunning()).isFalse();
		}
		if (this.mustRun) {
			assertThat(this.container.isRunning()).isTrue();
		}
		assertThat(this.container.isRunning() && this.startFailed).isFalse();
		assertThat(MemoryTransport.isBound(this.address)).isEqualTo(this.container.isRunning());
	}

	/** Threads that are left are found by the harness. */
	final void checkThatNothingIsLeft() {
		this.container.stop();
		assertThat(this.container.isRunning()).isFalse();
		assertThat(MemoryTransport.isBound(this.address)).isFalse();
		assertThat(MemoryTransport.openSockets()).isZero();
		assertThat(MemoryTransport.openSelectors()).isZero();
	}

	private static final class NoRoutes implements UdsRouter {

		@Override
		public Match find(String route) {
			return null;
		}

		@Override
		public UdsRequestHandler defaultHandler() {
			return null;
		}

		@Override
		public Collection<UdsRequestHandler> handlers() {
			return List.of();
		}

		@Override
		public boolean isEmpty() {
			return false;
		}

	}

}
