package io.github.udsboot.interleaving;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One order of the steps of all actors: first the scenario is made, then the actors do
 * their parts, then it is checked. Threads that are started meanwhile are actors as well,
 * and may sleep until the next of these parts, but not for good.
 */
final class Execution {

	private static final int MAX_STEPS = 20_000;

	/**
	 * After so many steps in a row others have their turn: it may wait for them awake.
	 */
	private static final int MAX_STREAK = 500;

	/** Where the clock begins. */
	private static final long EPOCH = 1_000_000_000_000L;

	private final List<Actor> actors = new ArrayList<>();

	/** Who has the monitors that are taken. */
	private final Map<Object, Monitor> monitors = new IdentityHashMap<>();

	private final Choices choices;

	/** Whether there are steps while a lock is held. */
	private boolean insideLocks;

	/** All sleep or have finished. */
	private final Semaphore quiet = new Semaphore(0);

	private boolean exploring;

	private boolean last;

	private int maxPreemptions;

	private int preemptions;

	private int steps;

	/** How many steps the actor that has the turn has taken since it got it. */
	private int streak;

	private int numbers;

	private long now = EPOCH;

	private volatile @Nullable Throwable failure;

	Execution(Choices choices) {
		this.choices = choices;
	}

	/** Run something with no choice but the first. */
	void prepare(Executor threads, Runnable part) throws Throwable {
		run(threads, List.of(part));
	}

	/** Run all actors to their ends. */
	void explore(Executor threads, List<Runnable> parts, int maxPreemptions, boolean insideLocks) throws Throwable {
		this.exploring = true;
		this.maxPreemptions = maxPreemptions;
		this.insideLocks = insideLocks;
		run(threads, parts);
		this.exploring = false;
	}

	/** Run something after which no thread may be left. */
	void check(Executor threads, Runnable part) throws Throwable {
		this.last = true;
		run(threads, List.of(part));
	}

	private void run(Executor threads, List<Runnable> parts) throws Throwable {
		this.actors.removeIf((actor) -> actor.finished);
		this.steps = 0;
		for (Runnable part : parts) {
			Actor actor = new Actor(this, this.numbers++, part, null);
			this.actors.add(actor);
			threads.execute(actor);
		}
		choose(runnable(null)).turn.release();
		if (!this.quiet.tryAcquire(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("An actor waits for something that is no step");
		}
		Throwable failure = this.failure;
		if (failure != null) {
			throw failure;
		}
	}

	boolean isOver() {
		return this.failure != null;
	}

	void failed(Throwable ex) {
		if (this.failure == null) {
			this.failure = ex;
		}
	}

	/** The actor that has the turn goes on, or another one does. */
	void step(Actor current) {
		abandonIfOver(current);
		count(current);
		if (++this.streak > MAX_STREAK) {
			this.yield(current);
			return;
		}
		if (!this.exploring || this.preemptions >= this.maxPreemptions || (current.locks > 0 && !this.insideLocks)) {
			return;
		}
		List<Actor> others = runnable(current);
		if (others.isEmpty()) {
			return;
		}
		int choice = this.choices.next(others.size() + 1);
		if (choice > 0) {
			this.preemptions++;
			handOver(current, others.get(choice - 1));
		}
	}

	private void count(Actor current) {
		if (++this.steps > MAX_STEPS) {
			failed(new IllegalStateException("There is no end of steps: the actors wait for each other awake"));
			throw current.abandon();
		}
	}

	/** Wait until something is so; whatever makes it so is done by the others. */
	void await(Actor current, BooleanSupplier awaited) {
		abandonIfOver(current);
		count(current);
		if (awaited.getAsBoolean()) {
			return;
		}
		current.awaited = awaited;
		List<Actor> others = runnable(current);
		if (others.isEmpty()) {
			becomeQuiet();
			if (isOver()) {
				throw current.abandon();
			}
			current.turn.acquireUninterruptibly();
		}
		else {
			choose(others).turn.release();
			current.turn.acquireUninterruptibly();
		}
		this.streak = 0;
		current.awaited = null;
		abandonIfOver(current);
	}

	/**
	 * Let another one go on, if there is one: always the next, so that all have turns.
	 */
	void yield(Actor current) {
		abandonIfOver(current);
		count(current);
		int own = this.actors.indexOf(current);
		for (int i = 1; i < this.actors.size(); i++) {
			Actor next = this.actors.get((own + i) % this.actors.size());
			if (next.canGoOn()) {
				handOver(current, next);
				return;
			}
		}
	}

	/**
	 * Choose who goes on where the actor that has the turn cannot. With threads that were
	 * started there would be too many orders: any but the first counts as a change that
	 * nothing calls for.
	 */
	private Actor choose(List<Actor> actors) {
		boolean counts = this.actors.stream().anyMatch((actor) -> actor.spawned && !actor.finished);
		if (!this.exploring || (counts && this.preemptions >= this.maxPreemptions)) {
			return actors.get(0);
		}
		int choice = this.choices.next(actors.size());
		if (counts && choice > 0) {
			this.preemptions++;
		}
		return actors.get(choice);
	}

	private void handOver(Actor from, Actor to) {
		this.streak = 0;
		to.turn.release();
		from.turn.acquireUninterruptibly();
		abandonIfOver(from);
	}

	private void abandonIfOver(Actor current) {
		if (isOver()) {
			throw current.abandon();
		}
	}

	/** Nobody can go on. */
	private void becomeQuiet() {
		for (Actor actor : this.actors) {
			if (!actor.finished && !actor.spawned) {
				failed(new IllegalStateException("A wake-up is lost: " + actor + " sleeps for good"));
				return;
			}
		}
		for (Actor actor : this.actors) {
			if (!actor.finished && this.last) {
				failed(new IllegalStateException("Nobody ends " + actor));
				return;
			}
		}
		this.quiet.release();
	}

	void finish(Actor current) {
		if (current.finished) {
			return;
		}
		current.finished = true;
		if (!isOver()) {
			List<Actor> others = runnable(current);
			if (!others.isEmpty()) {
				choose(others).turn.release();
				return;
			}
			becomeQuiet();
		}
		if (isOver()) {
			// they find out, one after the other
			this.actors.stream()
				.filter((actor) -> !actor.finished)
				.findFirst()
				.ifPresentOrElse((actor) -> actor.turn.release(), this.quiet::release);
		}
	}

	private List<Actor> runnable(@Nullable Actor current) {
		List<Actor> others = new ArrayList<>(this.actors.size());
		for (Actor actor : this.actors) {
			if (actor != current && actor.canGoOn()) {
				others.add(actor);
			}
		}
		return others;
	}

	// --- threads

	/** Take a thread in that is just being started. */
	Actor spawn(Thread thread) {
		Actor actor = new Actor(this, this.numbers++, () -> {
		}, thread);
		this.actors.add(actor);
		return actor;
	}

	/** Return whether the thread is one of an actor. */
	boolean unpark(@Nullable Thread thread) {
		for (Actor actor : this.actors) {
			if (actor.thread == thread) {
				actor.permit = true;
				return true;
			}
		}
		return false;
	}

	// --- the clock

	long now() {
		return this.now;
	}

	void advance(long nanos) {
		this.now += nanos;
	}

	// --- monitors

	void enter(Actor current, Object object) {
		Monitor taken = this.monitors.get(object);
		if (taken != null && taken.owner != current) {
			await(current, () -> !this.monitors.containsKey(object));
		}
		this.monitors.computeIfAbsent(object, (any) -> new Monitor(current)).count++;
		current.locks++;
	}

	void exit(Actor current, Object object) {
		Monitor taken = this.monitors.get(object);
		if (taken != null && taken.owner == current) {
			current.locks--;
			if (--taken.count == 0) {
				this.monitors.remove(object);
			}
		}
	}

	private static final class Monitor {

		private final Actor owner;

		private int count;

		private Monitor(Actor owner) {
			this.owner = owner;
		}

	}

}
