package io.github.udsboot.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import io.github.udsboot.stress.CallLedger.Kind;
import io.github.udsboot.stress.CallLedger.Outcome;
import io.github.udsboot.transport.TransportType;

/**
 * Rounds of all kinds, one after the other, until the time is over or something is wrong.
 */
final class StressRun {

	private static final long MINUTE = Duration.ofMinutes(1).toNanos();

	private final long seed;

	private final Duration duration;

	private final Duration round;

	private final List<TransportType> transports;

	private final Consumer<String> out;

	private final Map<Kind, Map<Outcome, Long>> outcomes = new EnumMap<>(Kind.class);

	private final Map<TransportType, Integer> rounds = new EnumMap<>(TransportType.class);

	private final List<String> faults = new ArrayList<>();

	private ProcessState before;

	private ProcessState after;

	private long calls;

	private long restarts;

	private long forced;

	private long peers;

	private long interrupts;

	private long closed;

	private long warnings;

	private long dropped;

	private long virtualRounds;

	private int firstRound;

	private int leastRounds = 1;

	/**
	 * Create a run.
	 * @param seed decides about everything that is not timing
	 * @param duration how long at least; a round is never cut short
	 * @param round how long the calls of each round go on
	 * @param transports the transports, which take turns
	 * @param out takes a line a minute
	 */
	StressRun(long seed, Duration duration, Duration round, List<TransportType> transports, Consumer<String> out) {
		this.seed = seed;
		this.duration = duration;
		this.round = round;
		this.transports = transports;
		this.out = out;
	}

	/** Begin with a round that went wrong in another run of the same seed. */
	StressRun startAt(int round) {
		this.firstRound = round;
		return this;
	}

	/** Make so many rounds, though the time is over. */
	StressRun atLeast(int rounds) {
		this.leastRounds = rounds;
		return this;
	}

	/**
	 * Run.
	 * @return what was wrong, nothing if all was right
	 */
	List<String> run() {
		this.out.accept("stress: seed " + this.seed + ", " + this.duration + " in rounds of " + this.round + ", "
				+ this.transports + ", Java " + System.getProperty("java.version"));
		long begun = System.nanoTime();
		try (LoggedErrors log = new LoggedErrors()) {
			warmUp();
			this.before = ProcessState.now();
			long told = begun;
			for (int i = this.firstRound; this.faults.isEmpty() && (i - this.firstRound < this.leastRounds
					|| System.nanoTime() - begun < this.duration.toNanos()); i++) {
				run(RoundPlan.of(this.seed, i, this.transports), log);
				if (System.nanoTime() - told > MINUTE) {
					told += MINUTE;
					this.out.accept(line(begun));
				}
			}
			this.after = ProcessState.now();
			this.warnings = log.warnings();
			this.dropped = log.dropped();
		}
		this.out.accept(line(begun));
		return this.faults;
	}

	/** What is loaded and started once and stays must not count as a leak. */
	private void warmUp() {
		for (int i = 0; i < this.transports.size(); i++) {
			StressRound warm = new StressRound(RoundPlan.of(this.seed, i, this.transports));
			warm.run(Duration.ofMillis(500), ProcessState.unlimited());
			this.faults.addAll(warm.ledger().faults());
		}
	}

	private void run(RoundPlan plan, LoggedErrors log) {
		StressRound round = new StressRound(plan);
		round.run(this.round, this.before);
		this.rounds.merge(plan.transport(), 1, Integer::sum);
		this.virtualRounds += plan.virtual() ? 1 : 0;
		for (Kind kind : Kind.values()) {
			for (Outcome outcome : Outcome.values()) {
				long count = round.ledger().count(kind, outcome);
				this.calls += count;
				this.outcomes.computeIfAbsent(kind, (key) -> new EnumMap<>(Outcome.class))
					.merge(outcome, count, Long::sum);
			}
		}
		Disturber disturber = round.disturber();
		this.restarts += disturber.restarts;
		this.forced += disturber.forced;
		this.peers += disturber.peers;
		this.interrupts += disturber.interrupts;
		this.closed += disturber.closed;
		if (!round.ledger().faults().isEmpty() || !log.errors().isEmpty()) {
			this.faults.add("Round " + plan.number() + " of seed " + this.seed + ": " + plan);
			this.faults.addAll(round.ledger().faults());
			this.faults.addAll(log.errors());
		}
	}

	private String line(long begun) {
		return String.format(Locale.ROOT, "stress: %5d s, %d rounds, %,d calls, %d stops, %d faults",
				(System.nanoTime() - begun) / 1_000_000_000,
				this.rounds.values().stream().mapToInt(Integer::intValue).sum(), this.calls, this.restarts,
				this.faults.size());
	}

	/** Return the figures as tables for a page of the documentation. */
	String summary() {
		StringBuilder text = new StringBuilder("| calls |");
		for (Outcome outcome : Outcome.values()) {
			text.append(' ').append(outcome).append(" |");
		}
		text.append("\n|---|").append("---:|".repeat(Outcome.values().length)).append('\n');
		this.outcomes.forEach((kind, counts) -> {
			text.append("| ").append(kind).append(" |");
			counts.values().forEach((count) -> text.append(String.format(Locale.ROOT, " %,d |", count)));
			text.append('\n');
		});
		text.append("\n| | |\n|---|---:|\n");
		row(text, "Java", System.getProperty("java.version"));
		row(text, "seed", this.seed);
		row(text, "rounds", this.rounds);
		row(text, "rounds with virtual threads", this.virtualRounds);
		row(text, "calls", this.calls);
		row(text, "stops and starts", this.restarts);
		row(text, "broken peers", this.peers);
		row(text, "interrupts", this.interrupts);
		row(text, "clients closed in use", this.closed);
		row(text, "lines logged as warnings", this.warnings);
		row(text, "failures that Reactor had nobody left to tell", this.dropped);
		row(text, "descriptors before, after", this.before.descriptorCount() + ", " + this.after.descriptorCount());
		row(text, "threads before, after", this.before.threadCount() + ", " + this.after.threadCount());
		row(text, "direct memory before, after",
				(this.before.directMemory() >> 10) + " KiB, " + (this.after.directMemory() >> 10) + " KiB");
		row(text, "faults", this.faults.size());
		return text.toString();
	}

	private static void row(StringBuilder text, String what, Object value) {
		text.append("| ")
			.append(what)
			.append(" | ")
			.append((value instanceof Long number && !what.equals("seed")) ? String.format(Locale.ROOT, "%,d", number)
					: value)
			.append(" |\n");
	}

}
