package io.github.udsboot.benchmark.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

	/** One caller or many: everybody. */
	private static final List<String> EVERYBODY = Contenders.all().stream().map(Contender::name).toList();

	/** A thread that polls for each of many callers would fight for two cores. */
	private static final List<String> MANY_CALLERS = EVERYBODY.stream()
		.filter((name) -> !name.equals(Contenders.C_POLL))
		.toList();

	private static final List<String> IN_FLIGHT = List.of(Contenders.UDS, Contenders.UDS_NO_POLL,
			Contenders.UDS_VIRTUAL, Contenders.C, Contenders.GRPC, Contenders.GRPC_DIRECT, Contenders.RSOCKET);

	private static final List<String> CONNECTIONS = List.of(Contenders.UDS, Contenders.UDS_NO_POLL, Contenders.C);

	private static final List<String> OURS = List.of(Contenders.UDS, Contenders.UDS_NO_POLL, Contenders.UDS_VIRTUAL);

	private static final Set<Integer> QUICK_PAYLOADS = Set.of(64 * 1024, 1024 * 1024);

	private Measures() {
	}

	/**
	 * Return all measures, those first that matter most.
	 * @param starterClassPath the class path of an application that has the starter
	 * @return the measures
	 */
	static List<Measure> all(String starterClassPath) {
		List<Measure> measures = new ArrayList<>();
		measures.add(new LoadMeasure(MeasureNames.SEQUENTIAL, true, Load.ofCallers(SMALL, 1), EVERYBODY));
		for (int callers : MeasureNames.CALLERS) {
			measures.add(new LoadMeasure(MeasureNames.callers(callers), callers == CROWD,
					Load.ofCallers(SMALL, callers), MANY_CALLERS));
		}
		measures.add(new LoadMeasure(MeasureNames.VIRTUAL_CALLERS, true,
				Load.ofCallers(SMALL, CROWD).onVirtualThreads(), OURS));
		for (int bytes : MeasureNames.PAYLOADS) {
			measures.add(new LoadMeasure(MeasureNames.payload(bytes), QUICK_PAYLOADS.contains(bytes),
					Load.ofCallers(bytes, 1), EVERYBODY));
		}
		measures.add(new LoadMeasure(MeasureNames.IN_FLIGHT, true, Load.ofCallers(SMALL, 1).inFlight(256).over(1),
				IN_FLIGHT));
		measures
			.add(new LoadMeasure(MeasureNames.SLOW_CALLS, true, Load.ofCallers(SMALL, CROWD).withSlowCalls(), OURS));
		for (int connections : MeasureNames.CONNECTIONS) {
			measures.add(new LoadMeasure(MeasureNames.connections(connections), false,
					Load.ofCallers(SMALL, 2 * CROWD).over(connections), CONNECTIONS));
		}
		measures.add(new AllocationMeasure());
		measures.add(new IdlePairMeasure());
		measures.add(new OneCoreMeasure());
		measures.add(new IdleConnectionsMeasure());
		measures.add(new StartUpMeasure(starterClassPath));
		return measures;
	}

}
