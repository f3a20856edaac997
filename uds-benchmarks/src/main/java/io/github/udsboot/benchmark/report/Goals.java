package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.report.Requirement.Verdict;

/**
 * The ratios to reach.
 */
public final class Goals {

	private static final String OURS = "ours";

	/**
	 * With the descriptors that many systems allow at most, 20,000, there are a few
	 * fewer.
	 */
	private static final double ALMOST_10_000 = 9_500;

	private static final double P50 = 50;

	private static final double P99 = 99;

	private static final List<Goal> ALL = all();

	private Goals() {
	}

	private static List<Goal> all() {
		List<Goal> goals = new ArrayList<>();
		goals.addAll(sequential());
		goals.addAll(crowded());
		goals.addAll(payloads());
		goals.addAll(costs());
		return List.copyOf(goals);
	}

	private static List<Goal> sequential() {
		String measure = MeasureNames.SEQUENTIAL;
		Figure ours = Figure.rate(OURS, Contenders.UDS, measure);
		Figure c50 = Figure.latency("C p50", Contenders.C, measure, P50);
		return List.of(
				new Goal("64 B sequential",
						List.of(Requirement.atLeast(ours, 3, Figure.rate("C", Contenders.C, measure)),
								Requirement.atLeast(ours, 10, Figure.rate("Boot gRPC", Contenders.GRPC, measure)),
								Requirement.atLeast(ours, 8, Figure.rate("RSocket", Contenders.RSOCKET, measure)),
								Requirement.atMost(Figure.latency("ours p50", Contenders.UDS, measure, P50), 3,
										Figure.latency("polling C p50", Contenders.C_POLL, measure, P50)))),
				new Goal("64 B sequential beside Go raw",
						List.of(Requirement.atLeast(ours, 1.5, Figure.rate("Go raw", Contenders.GO_RAW, measure)))),
				new Goal("64 B sequential, busy-poll off", List.of(
						Requirement.atMost(Figure.latency("ours p50", Contenders.UDS_NO_POLL, measure, P50), 1.2, c50),
						Requirement.atMost(
								Figure.latency("on one core p50", Contenders.UDS_NO_POLL, MeasureNames.ONE_CORE, P50),
								1.5, Figure.latency("C on one core p50", Contenders.C, MeasureNames.ONE_CORE, P50)))));
	}

	private static List<Goal> crowded() {
		String measure = MeasureNames.callers(32);
		Figure ours = Figure.rate(OURS, Contenders.UDS, measure);
		Figure c = Figure.rate("C", Contenders.C, measure);
		return List.of(
				new Goal("64 B, 32 callers",
						List.of(Requirement.atLeast(ours, 0.75, c),
								Requirement.atLeast(ours, 6, Figure.rate("Boot gRPC", Contenders.GRPC, measure)),
								Requirement.atLeast(ours, 1.3, Figure.rate("Go net/rpc", Contenders.GO_RPC, measure)),
								Requirement.atMost(Figure.latency("ours p99", Contenders.UDS, measure, P99), 2,
										Figure.latency("C p99", Contenders.C, measure, P99)))),
				new Goal("64 B, 32 callers on virtual threads (ours, handlers by default)",
						List.of(Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.VIRTUAL_CALLERS), 1,
								c))),
				new Goal("32 callers, 1 % of the calls sleep 10 ms",
						List.of(Requirement.atMost(
								Figure.latency("fast calls' p99", Contenders.UDS, MeasureNames.SLOW_CALLS, P99), 1,
								Figure.constant(" µs", 3000)),
								Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.SLOW_CALLS), 0.5,
										Figure.rate("without slow calls", Contenders.UDS, measure)))),
				new Goal("256 in flight, one connection, requestAsync",
						List.of(Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.IN_FLIGHT), 1,
								Figure.constant("/s", 600_000)),
								Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.IN_FLIGHT), 0.12,
										Figure.rate("C", Contenders.C, MeasureNames.IN_FLIGHT)))));
	}

	private static List<Goal> payloads() {
		String large = MeasureNames.payload(64 * 1024);
		String largest = MeasureNames.payload(1024 * 1024);
		Figure ours = Figure.rate(OURS, Contenders.UDS, large);
		List<Requirement> tcp = new ArrayList<>();
		for (String measure : MeasureNames.sizes()) {
			tcp.add(Requirement.atLeast(Figure.rate("UDS " + measure, Contenders.UDS, measure), 1,
					Figure.rate("TCP", Contenders.UDS_TCP, measure)));
		}
		return List.of(
				new Goal("64 KiB sequential",
						List.of(Requirement.atMost(Figure.latency("ours p50", Contenders.UDS, large, P50), 1.2,
								Figure.latency("C p50", Contenders.C, large, P50)),
								Requirement.atLeast(ours, 5, Figure.rate("Boot gRPC", Contenders.GRPC, large)),
								Requirement.atLeast(ours, 1, Figure.rate("Go raw", Contenders.GO_RAW, large)))),
				new Goal("1 MiB sequential",
						List.of(Requirement.atMost(Figure.latency("ours p50", Contenders.UDS, largest, P50), 1.5,
								Figure.latency("C p50", Contenders.C, largest, P50)))),
				new Goal("server stream of 64 B items",
						List.of(Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.SERVER_STREAM), 1,
								Figure.constant("/s", 1_000_000)),
								Requirement.atLeast(Figure.rate(OURS, Contenders.UDS, MeasureNames.SERVER_STREAM), 0.2,
										Figure.rate("C, calls in flight", Contenders.C, MeasureNames.IN_FLIGHT)))),
				new Goal("over loopback TCP with the same code", tcp));
	}

	private static List<Goal> costs() {
		String crowd = Contenders.CROWD.name();
		Figure perCall = Figure.constant(" B", 1024);
		return List.of(
				new Goal("10,000 idle connections",
						List.of(Requirement.atMost(Figure.value("each", " KB", crowd, MeasureNames.IDLE_MEMORY), 1,
								Figure.constant(" KB", 5)),
								Requirement.atMost(Figure.value("CPU", " %", crowd,
										MeasureNames.IDLE_CPU), 1, Figure.constant(" %", 1)),
								Requirement.atLeast(
										new Figure("connections", "",
												(results) -> results.underWay(crowd, MeasureNames.IDLE_MEMORY)),
										1, Figure.constant("", ALMOST_10_000)))),
				new Goal("allocation a unary byte[] call beyond the payload", List.of(
						Requirement.atMost(Figure.value("server", " B", Contenders.UDS, MeasureNames.ALLOCATION_SERVER),
								1, perCall),
						Requirement.atMost(Figure.value("client", " B", Contenders.UDS, MeasureNames.ALLOCATION_CLIENT),
								1, perCall))),
				new Goal("start-up the starter adds",
						List.of(Requirement.atMost(Figure.value("added", " ms", Contenders.UDS, MeasureNames.START_UP),
								1, Figure.constant(" ms", 100)))),
				new Goal("CPU of an idle server and client pair, without the JVM's own threads",
						List.of(Requirement.atMost(Figure.value("CPU", " %", Contenders.UDS, MeasureNames.IDLE_PAIR), 1,
								Figure.constant(" %", 0.05)))));
	}

	/**
	 * Check all goals. What was not measured misses its goal.
	 * @param results the results
	 * @return the verdict of each
	 */
	public static Check check(Results results) {
		List<Verdict> verdicts = ALL.stream().map((goal) -> goal.check(results)).toList();
		return new Check(verdicts.stream().allMatch(Verdict::met), verdicts.stream().map(Verdict::text).toList());
	}

	/**
	 * What came of the check.
	 *
	 * @param passed whether all goals are reached
	 * @param lines a line for each goal
	 */
	public record Check(boolean passed, List<String> lines) {

		public Check {
			lines = List.copyOf(lines);
		}

	}

}
