package io.github.udsboot.stress;

import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.UdsUnavailableException;

/**
 * What became of the calls of a round, as the callers were told, and how often each was
 * executed, as the handlers saw it. Thread-safe.
 */
final class CallLedger {

	private static final int MAX_FAULTS = 20;

	private final Map<Kind, Map<Outcome, LongAdder>> outcomes = new EnumMap<>(Kind.class);

	private final Map<Long, AtomicInteger> executions = new ConcurrentHashMap<>();

	/** By the ids of calls: the outcomes that promise something about executions. */
	private final Map<Long, Outcome> promises = new ConcurrentHashMap<>();

	/** The ids of those that were sent. */
	private final Queue<Long> oneWays = new ConcurrentLinkedQueue<>();

	private final Map<Long, String> underWay = new ConcurrentHashMap<>();

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	private final AtomicInteger faultCount = new AtomicInteger();

	CallLedger() {
		for (Kind kind : Kind.values()) {
			Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
			for (Outcome outcome : Outcome.values()) {
				counts.put(outcome, new LongAdder());
			}
			this.outcomes.put(kind, counts);
		}
	}

	// --- the handlers' side

	void executed(long id) {
		this.executions.computeIfAbsent(id, (key) -> new AtomicInteger()).incrementAndGet();
	}

	boolean hasExecuted(long id) {
		return this.executions.containsKey(id);
	}

	// --- the callers' side

	void begun(Operation operation) {
		if (this.underWay.put(operation.id(), operation.toString()) != null) {
			fault("Begun twice: " + operation);
		}
	}

	/** Note the one outcome of a call. */
	void ended(Operation operation, Outcome outcome, Throwable failure) {
		if (this.underWay.remove(operation.id()) == null) {
			fault("A second outcome, " + outcome + ", of " + operation + describe(failure));
			return;
		}
		this.outcomes.get(operation.kind()).get(outcome).increment();
		if (!operation.allows(outcome)) {
			fault("The outcome " + outcome + " is not one of " + operation + describe(failure));
		}
		else if ((operation.kind() != Kind.SESSION && isUnexecuted(failure)) || outcome == Outcome.UNAVAILABLE
				|| outcome == Outcome.LIMIT || (outcome == Outcome.LOST && operation.isUnseenIfLost())) {
			this.promises.put(operation.id(), Outcome.UNAVAILABLE);
		}
		else if (operation.kind() == Kind.ONE_WAY) {
			this.oneWays.add(operation.id());
		}
		else if (outcome == Outcome.OK) {
			this.promises.put(operation.id(), Outcome.OK);
		}
	}

	void fault(String text) {
		if (this.faultCount.incrementAndGet() <= MAX_FAULTS) {
			this.faults.add(text);
		}
	}

	/** Return what a failure means, from the caller's side. */
	static Outcome outcome(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (cause instanceof UdsRemoteException remote) {
			return switch (remote.getStatus()) {
				case UNAVAILABLE -> Outcome.CUT_OFF;
				case DEADLINE_EXCEEDED -> Outcome.DEADLINE;
				case CANCELLED -> Outcome.CANCELLED;
				case INTERNAL, OUT_OF_RANGE -> Outcome.FAILED;
				case RESOURCE_EXHAUSTED -> Outcome.LIMIT;
				default -> Outcome.WRONG;
			};
		}
		if (cause instanceof UdsUnavailableException) {
			return Outcome.UNAVAILABLE;
		}
		if (cause instanceof UdsLimitExceededException) {
			return Outcome.LIMIT;
		}
		if (cause instanceof UdsConnectionLostException || cause instanceof UdsSessionClosedException) {
			return Outcome.LOST;
		}
		if (cause instanceof UdsDeadlineExceededException) {
			return Outcome.DEADLINE;
		}
		if (cause instanceof UdsCancelledException || cause instanceof CancellationException) {
			return Outcome.CANCELLED;
		}
		return Outcome.WRONG;
	}

	static Throwable unwrap(Throwable failure) {
		Throwable cause = failure;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/** Return whether the caller was told that the call was certainly not executed. */
	private static boolean isUnexecuted(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (cause instanceof UdsRemoteException remote) {
			return remote.isUndispatched();
		}
		if (!(cause instanceof UdsException known) || known.getStatus() == Status.INTERNAL) {
			return false;
		}
		String message = String.valueOf(known.getMessage());
		return message.contains("was not sent") || message.contains("nothing was sent")
				|| message.contains("no handler has seen");
	}

	private static String describe(Throwable failure) {
		if (failure == null) {
			return "";
		}
		StringBuilder text = new StringBuilder();
		for (Throwable cause = failure; cause != null && text.length() < 2000; cause = cause.getCause()) {
			text.append("\n\t").append(cause);
			StackTraceElement[] trace = cause.getStackTrace();
			for (int i = 0; i < Math.min(trace.length, 12); i++) {
				text.append("\n\t\tat ").append(trace[i]);
			}
		}
		return text.toString();
	}

	// --- at the end of a round

	/** Compare what callers were told with what was executed. */
	void check() {
		this.underWay.values().forEach((operation) -> fault("No outcome: " + operation));
		this.executions.forEach((id, count) -> {
			if (count.get() > 1) {
				fault("Executed " + count + " times: call " + Long.toHexString(id));
			}
		});
		this.promises.forEach((id, outcome) -> {
			boolean executed = this.executions.containsKey(id);
			if (executed != (outcome == Outcome.OK)) {
				fault("The caller was told " + outcome + " of call " + Long.toHexString(id) + ", which was "
						+ (executed ? "" : "not ") + "executed");
			}
		});
	}

	long executedOneWays() {
		return this.oneWays.stream().filter(this.executions::containsKey).count();
	}

	int underWay() {
		return this.underWay.size();
	}

	Queue<String> faults() {
		return this.faults;
	}

	int faultCount() {
		return this.faultCount.get();
	}

	long count(Kind kind, Outcome outcome) {
		return this.outcomes.get(kind).get(outcome).sum();
	}

	/** What is called. */
	enum Kind {

		BLOCKING, ASYNC, ONE_WAY, TYPED, DOWN, DOWN_PUBLISHER, UPLOAD, TWO_WAY, EXCHANGE, RAW_EXCHANGE, SESSION

	}

	/** What a caller is told. */
	enum Outcome {

		/** The right answer. */
		OK,

		/** The failure that the handler was asked for. */
		FAILED,

		/** Not in time. */
		DEADLINE,

		/** By the caller, an interrupt or the end of the client. */
		CANCELLED,

		/** Certainly not executed. */
		UNAVAILABLE,

		/** Ended by a server that stops. */
		CUT_OFF,

		/** With the connection; perhaps executed. */
		LOST,

		/** Too many. */
		LIMIT,

		/** Anything else. */
		WRONG

	}

}
