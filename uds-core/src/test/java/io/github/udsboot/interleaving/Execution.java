package io.github.udsboot.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One order of the steps of all actors.
 */
final class Execution {

	private static final int MAX_STEPS = 20_000;

	private final List<Actor> actors = new ArrayList<>();

	private final Choices choices;

	private final int maxPreemptions;

	private final CountDownLatch end = new CountDownLatch(1);

	private int preemptions;

	private int steps;

	private int running;

	private volatile Throwable failure;

	Execution(List<Runnable> parts, Choices choices, int maxPreemptions) {
		for (int i = 0; i < parts.size(); i++) {
			this.actors.add(new Actor(this, i, parts.get(i)));
		}
		this.running = parts.size();
		this.choices = choices;
		this.maxPreemptions = maxPreemptions;
	}

	/** Run all actors to their ends. */
	void run(Executor threads) throws Throwable {
		this.actors.forEach(threads::execute);
		this.actors.get(this.choices.next(this.actors.size())).turn.release();
		if (!this.end.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("An actor waits for something that is no step");
		}
		if (this.failure != null) {
			throw this.failure;
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
		abandonIfOver();
		if (++this.steps > MAX_STEPS) {
			failed(new IllegalStateException("There is no end of steps: the actors wait for each other awake"));
			throw new Actor.Abandoned();
		}
		if (this.preemptions >= this.maxPreemptions) {
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

	void park(Actor current) {
		abandonIfOver();
		if (current.permit || Thread.currentThread().isInterrupted()) {
			current.permit = false;
			return;
		}
		current.parked = true;
		List<Actor> others = runnable(current);
		if (others.isEmpty()) {
			failed(new IllegalStateException("A wake-up is lost: " + current + " sleeps for good"));
			throw new Actor.Abandoned();
		}
		handOver(current, others.get(this.choices.next(others.size())));
	}

	/** Return whether the thread is one of an actor. */
	boolean unpark(Thread thread) {
		for (Actor actor : this.actors) {
			if (actor.thread == thread) {
				actor.permit = !actor.parked;
				actor.parked = false;
				return true;
			}
		}
		return false;
	}

	private void handOver(Actor from, Actor to) {
		to.turn.release();
		from.turn.acquireUninterruptibly();
		abandonIfOver();
	}

	private void abandonIfOver() {
		if (isOver()) {
			throw new Actor.Abandoned();
		}
	}

	void finish(Actor current) {
		current.finished = true;
		if (--this.running == 0) {
			this.end.countDown();
			return;
		}
		List<Actor> others = runnable(current);
		if (others.isEmpty()) {
			failed(new IllegalStateException("A wake-up is lost: all that are left sleep for good"));
		}
		if (isOver()) {
			// they find out, one after the other
			others = this.actors.stream().filter((actor) -> !actor.finished).toList();
			others.get(0).turn.release();
			return;
		}
		others.get(this.choices.next(others.size())).turn.release();
	}

	private List<Actor> runnable(Actor current) {
		List<Actor> others = new ArrayList<>(this.actors.size());
		for (Actor actor : this.actors) {
			if (actor != current && !actor.finished && !actor.parked) {
				others.add(actor);
			}
		}
		return others;
	}

}
