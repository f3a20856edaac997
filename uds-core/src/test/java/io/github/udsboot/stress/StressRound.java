package io.github.udsboot.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.stress.CallLedger.Kind;
import io.github.udsboot.stress.CallLedger.Outcome;
import io.github.udsboot.stress.StressHandlers.Meeting;

/**
 * Listeners, clients and callers for some time; then everything has to be as if they had
 * never been.
 */
final class StressRound {

	private static final long PATIENCE_MILLIS = 20_000;

	private final RoundPlan plan;

	private final CallLedger ledger = new CallLedger();

	private final List<StressCaller> callers = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private final AtomicReferenceArray<StressClient> clients;

	private Disturber disturber;

	private boolean hangs;

	StressRound(RoundPlan plan) {
		this.plan = plan;
		this.clients = new AtomicReferenceArray<>(plan.clients());
	}

	/**
	 * Make calls for a while, then check.
	 * @param time how long
	 * @param before what the process held before the first round
	 */
	void run(Duration time, ProcessState before) {
		StressServer server = new StressServer(this.plan, this.ledger);
		for (int i = 0; i < this.clients.length(); i++) {
			this.clients.set(i, new StressClient(server, this.plan));
		}
		disturb(server, time);
		if (!this.hangs) {
			check("the calls have outcomes", () -> this.ledger.underWay() == 0);
			quiesce(server);
		}
		for (int i = 0; i < this.clients.length(); i++) {
			this.clients.get(i).close();
		}
		if (!this.hangs) {
			for (UdsListenerContainer container : server.all()) {
				String name = container.getOptions().getName();
				check("'" + name + "' has no connection", () -> container.stats().connections() == 0);
				check("'" + name + "' holds no memory", () -> container.stats().memoryUsed() == 0);
				check("'" + name + "' has no timer", () -> HiddenState.timers(container) == 0);
			}
		}
		stop(server);
		this.ledger.check();
		if (this.ledger.faultCount() > 0) {
			// which clock or limit it was, if one has closed a connection of ours
			this.ledger.fault("Why the listeners have closed connections in this round: "
					+ server.all().stream().map((container) -> container.stats().closed()).toList());
		}
		before.awaitSame(this.ledger);
		if (this.plan.disturbances().stream().noneMatch((kind) -> kind != Disturbance.PEERS)) {
			checkOneWays();
		}
	}

	private void disturb(StressServer server, Duration time) {
		for (int i = 0; i < this.plan.clients() * this.plan.callers(); i++) {
			int client = i % this.plan.clients();
			StressCaller caller = new StressCaller(this.plan, i, this.ledger, () -> this.clients.get(client));
			this.callers.add(caller);
			this.threads.add(Threads.start(this.plan.virtual(), "stress-caller-" + i, caller));
		}
		this.disturber = new Disturber(this.plan, server, this.ledger, this.clients, this.threads);
		Threads.start(false, "stress-disturber", this.disturber);
		Threads.await(time.toMillis(), () -> this.ledger.faultCount() > 0);
		this.callers.forEach(StressCaller::stop);
		// what is disturbed goes on until the last call has ended, or half of the bound
		if (!Threads.await(TimeUnit.SECONDS.toMillis(StressCaller.BOUND_SECONDS), this::haveCallersEnded)) {
			hang("Callers hang: "
					+ this.callers.stream().filter((caller) -> !caller.isEnded()).map(StressCaller::current).toList());
		}
		this.disturber.stop();
		if (!Threads.await(TimeUnit.SECONDS.toMillis(StressCaller.BOUND_SECONDS), this.disturber::isEnded)) {
			hang("The disturbance " + this.disturber.doing() + " hangs");
		}
	}

	private boolean haveCallersEnded() {
		return this.callers.stream().allMatch(StressCaller::isEnded);
	}

	/** Nothing is under way any more, on connections that are still there. */
	private void quiesce(StressServer server) {
		for (UdsListenerContainer container : server.all()) {
			String name = container.getOptions().getName();
			check("'" + name + "' has nothing in flight", () -> container.stats().requestsInFlight() == 0);
			check("no connection of '" + name + "' is held", () -> HiddenState.pausedConnections(container).isEmpty());
			check("'" + name + "' can be reached", () -> container.findObstacle() == null);
		}
		for (int i = 0; i < this.clients.length() && !this.hangs; i++) {
			StressClient client = this.clients.get(i);
			check("no call is pending", () -> client.calls.getConnectionFactory().stats().requestsInFlight() == 0);
			check("no call waits", () -> !HiddenState.hasWaitingCalls(client.calls));
			check("all permits of streams are back",
					() -> HiddenState.freeStreams(client.calls) == RoundPlan.MAX_STREAMS);
			check("all permits of exchanges are back",
					() -> HiddenState.freeExchanges(client.lines) == StressClient.EXCHANGES
							&& HiddenState.freeExchanges(client.raw) == StressClient.EXCHANGES);
			fill(server, client);
			check("all permits of calls are back",
					() -> HiddenState.freeCalls(client.calls) % this.plan.maxInFlight() == 0
							&& HiddenState.freeCalls(client.calls) > 0);
		}
		ProcessState.checkIdle(this.ledger);
	}

	/** Make as many calls and streams at once as there may be. */
	private void fill(StressServer server, StressClient client) {
		Meeting meeting = new Meeting(this.plan.maxInFlight());
		server.handlers.meeting = meeting;
		List<CompletableFuture<String>> all = Stream
			.generate(() -> client.calls.requestAsync("meet", "all", String.class))
			.limit(this.plan.maxInFlight())
			.toList();
		check("all calls that may be are under way at once",
				() -> all.stream().allMatch(CompletableFuture::isDone) && meeting.missing() == 0);
		all.stream().filter(CompletableFuture::isDone).forEach((call) -> call.whenComplete((answer, failure) -> {
			if (failure != null) {
				this.ledger.fault("A call of a quiet server fails: " + failure);
			}
		}));
		try {
			List<Stream<Integer>> streams = Stream.generate(() -> client.calls.stream("open", null, Integer.class))
				.limit(RoundPlan.MAX_STREAMS)
				.toList();
			streams.forEach((stream) -> {
				if (stream.iterator().next() != 0) {
					this.ledger.fault("A stream begins elsewhere");
				}
			});
			streams.forEach(Stream::close);
		}
		catch (RuntimeException ex) {
			this.ledger.fault("A stream of a quiet server fails: " + ex);
		}
		check("all streams have ended", () -> HiddenState.freeStreams(client.calls) == RoundPlan.MAX_STREAMS
				&& server.calls.stats().requestsInFlight() == 0);
	}

	private void stop(StressServer server) {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		Threads.start(false, "stress-stop", () -> {
			try {
				server.close();
				stopped.complete(null);
			}
			catch (Throwable ex) {
				stopped.completeExceptionally(ex);
			}
		});
		long begun = System.nanoTime();
		check("the listeners stop", stopped::isDone);
		if (stopped.isCompletedExceptionally()) {
			stopped.whenComplete((none, failure) -> this.ledger.fault("The listeners cannot stop: " + failure));
		}
		else if (!this.hangs && System.nanoTime() - begun > StressServer.DRAIN.toNanos() / 2) {
			this.ledger.fault("A stop with nothing under way takes its whole time");
		}
	}

	/** What is sent one way to a server that stays is executed. */
	private void checkOneWays() {
		long expected = this.ledger.count(Kind.ONE_WAY, Outcome.OK);
		long executed = this.ledger.executedOneWays();
		if (expected != executed) {
			this.ledger.fault(expected + " one-way calls were sent, and " + executed + " executed");
		}
	}

	private void check(String what, BooleanSupplier condition) {
		if (!this.hangs && !Threads.await(PATIENCE_MILLIS, condition)) {
			hang("Still not so: " + what);
		}
	}

	private void hang(String what) {
		this.hangs = true;
		this.ledger.fault(what + "\n" + Threads.dump());
	}

	RoundPlan plan() {
		return this.plan;
	}

	CallLedger ledger() {
		return this.ledger;
	}

	Disturber disturber() {
		return this.disturber;
	}

}
