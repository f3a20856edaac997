package io.github.udsboot.benchmark.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.MeasureNames;

/**
 * All measures.
 */
final class Measures {

	private static final int SMALL = 64;

	private static final int CROWD = 32;

	private static final List<String> ALL = Contenders.all().stream().map(Contender::name).toList();

	/** Those that goals speak of with one caller, and with many. */
	private static final List<String> ONE = List.of(Contenders.UDS, Contenders.UDS_NO_POLL, Contenders.UDS_TCP,
			Contenders.C, Contenders.C_POLL, Contenders.GO_RAW, Contenders.GRPC, Contenders.RSOCKET,
			Contenders.SECURED.name());

	private static final List<String> MANY = List.of(Contenders.UDS, Contenders.C, Contenders.GO_RPC, Contenders.GRPC);

	/** A thread that polls for each of many callers would fight for two cores. */
	private static final List<String> BESIDE_MANY = ALL.stream()
		.filter((name) -> !MANY.contains(name) && !name.equals(Contenders.C_POLL))
		.toList();

	/** For the lines of plots: variants of one technology run alongside each other. */
	private static final List<String> LINES = List.of(Contenders.UDS, Contenders.C, Contenders.GO_RAW, Contenders.GRPC,
			Contenders.RSOCKET, Contenders.HTTP);

	/** Those that goals speak of with each payload. */
	private static final Map<Integer, List<String>> PAYLOADS = Map.of(1024, List.of(Contenders.UDS, Contenders.UDS_TCP),
			8 * 1024, List.of(Contenders.UDS, Contenders.UDS_TCP), 64 * 1024,
			List.of(Contenders.UDS, Contenders.UDS_TCP, Contenders.C, Contenders.GO_RAW, Contenders.GRPC), 1024 * 1024,
			List.of(Contenders.UDS, Contenders.UDS_TCP, Contenders.C));

	private Measures() {
	}

	/**
	 * Return all measures, those first that matter most.
	 * @param starterClassPath the class path of an application that has the starter
	 * @return the measures
	 */
	static List<Measure> all(String starterClassPath) {
		List<Measure> measures = new ArrayList<>();
		measures.addAll(goals());
		measures.add(new AllocationMeasure());
		measures.add(new IdlePairMeasure());
		measures.add(new OneCoreMeasure());
		measures.add(new StartUpMeasure(starterClassPath));
		measures.addAll(asides());
		measures.addAll(plots());
		// The last, as it leaves the kernel the most to clear away
		measures.add(new IdleConnectionsMeasure());
		return measures;
	}

	private static List<Measure> goals() {
		Load one = Load.ofCallers(SMALL, 1);
		Load many = Load.ofCallers(SMALL, CROWD);
		List<Measure> measures = new ArrayList<>();
		measures.add(new LoadMeasure(MeasureNames.SEQUENTIAL, one, Effort.GOAL, ONE));
		measures.add(new LoadMeasure(MeasureNames.SEQUENTIAL, one, Effort.TABLE, without(ALL, ONE)));
		measures.add(new LoadMeasure(MeasureNames.callers(CROWD), many, Effort.GOAL, MANY));
		measures.add(new LoadMeasure(MeasureNames.callers(CROWD), many, Effort.TABLE, BESIDE_MANY));
		measures.add(new LoadMeasure(MeasureNames.VIRTUAL_CALLERS, many.onVirtualThreads(), Effort.GOAL,
				List.of(Contenders.UDS)));
		measures
			.add(new LoadMeasure(MeasureNames.SLOW_CALLS, many.withSlowCalls(), Effort.GOAL, List.of(Contenders.UDS)));
		measures.add(new LoadMeasure(MeasureNames.IN_FLIGHT, one.inFlight(256).over(1), Effort.GOAL,
				List.of(Contenders.UDS, Contenders.C)));
		measures.add(new LoadMeasure(MeasureNames.SERVER_STREAM, Load.ofItems(Load.Kind.SERVER_STREAM, SMALL),
				Effort.GOAL, List.of(Contenders.UDS, Contenders.GRPC)));
		for (int bytes : MeasureNames.PAYLOADS) {
			measures.add(new LoadMeasure(MeasureNames.payload(bytes), Load.ofCallers(bytes, 1), Effort.GOAL,
					payloadGoals(bytes)));
		}
		return measures;
	}

	private static List<Measure> asides() {
		Load many = Load.ofCallers(SMALL, CROWD);
		return List.of(
				new LoadMeasure(MeasureNames.VIRTUAL_CALLERS, many.onVirtualThreads(), Effort.ASIDE,
						List.of(Contenders.UDS_VIRTUAL)),
				new LoadMeasure(MeasureNames.SLOW_CALLS, many.withSlowCalls(), Effort.ASIDE,
						List.of(Contenders.UDS_VIRTUAL)),
				new LoadMeasure(MeasureNames.IN_FLIGHT, Load.ofCallers(SMALL, 1).inFlight(256).over(1), Effort.ASIDE,
						List.of(Contenders.UDS_NO_POLL, Contenders.GRPC, Contenders.RSOCKET)),
				new LoadMeasure(MeasureNames.SERVER_STREAM, Load.ofItems(Load.Kind.SERVER_STREAM, SMALL), Effort.ASIDE,
						List.of(Contenders.RSOCKET)),
				new LoadMeasure(MeasureNames.UPLOAD, Load.ofItems(Load.Kind.UPLOAD, SMALL), Effort.ASIDE,
						List.of(Contenders.UDS, Contenders.GRPC, Contenders.RSOCKET)));
	}

	private static List<Measure> plots() {
		List<Measure> measures = new ArrayList<>();
		for (int callers : without(MeasureNames.CALLERS, List.of(CROWD))) {
			measures.add(
					new LoadMeasure(MeasureNames.callers(callers), Load.ofCallers(SMALL, callers), Effort.PLOT, LINES));
		}
		for (int bytes : MeasureNames.PAYLOADS) {
			measures.add(new LoadMeasure(MeasureNames.payload(bytes), Load.ofCallers(bytes, 1), Effort.PLOT,
					without(LINES, payloadGoals(bytes))));
		}
		for (int connections : MeasureNames.CONNECTIONS) {
			measures.add(new LoadMeasure(MeasureNames.connections(connections),
					Load.ofCallers(SMALL, 2 * CROWD).over(connections), Effort.PLOT,
					List.of(Contenders.UDS, Contenders.C)));
		}
		return measures;
	}

	private static List<String> payloadGoals(int bytes) {
		return PAYLOADS.getOrDefault(bytes, List.of());
	}

	private static <T> List<T> without(List<T> all, List<T> some) {
		return all.stream().filter((each) -> !some.contains(each)).toList();
	}

}
