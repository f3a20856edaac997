package io.github.udsboot.listener;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.rpc.RequestDispatcher;
import io.github.udsboot.listener.session.SessionContext;

/**
 * The calls, streams, sessions and connections that the drain of a listener waits for.
 * Thread-safe.
 */
final class WorkUnderWay implements ListenerDrain.UnderWay {

	private final Admission admission;

	private final HandlerRunner runner;

	private final @Nullable RequestDispatcher dispatcher;

	private final @Nullable SessionContext sessions;

	WorkUnderWay(Admission admission, HandlerRunner runner, @Nullable RequestDispatcher dispatcher,
			@Nullable SessionContext sessions) {
		this.admission = admission;
		this.runner = runner;
		this.dispatcher = dispatcher;
		this.sessions = sessions;
	}

	@Override
	public int calls() {
		return this.runner.inFlight();
	}

	@Override
	public int streams() {
		return (this.dispatcher != null) ? this.dispatcher.openStreams().get() : 0;
	}

	@Override
	public int sessions() {
		return (this.sessions != null) ? this.admission.connections() : 0;
	}

	@Override
	public Set<String> handlersAtWork() {
		return this.runner.unfinished().lingeringRoutes();
	}

	@Override
	public boolean isNothing() {
		return this.admission.connections() == 0 && this.runner.isIdle()
				&& (this.sessions == null || this.sessions.notifier().isQuiet());
	}

	@Override
	public void beginNoMore(boolean calls) {
		if (calls) {
			this.runner.unfinished().end();
		}
		if (this.sessions != null) {
			this.sessions.endConversations();
		}
		if (this.dispatcher != null) {
			this.dispatcher.endStreams();
		}
		this.runner.unfinished().cutOffOrphans(calls);
	}

}
