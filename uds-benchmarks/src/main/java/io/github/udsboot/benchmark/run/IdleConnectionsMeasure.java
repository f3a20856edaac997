package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.ChildProcess;
import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.JavaContender;
import io.github.udsboot.benchmark.contender.JavaSession;
import io.github.udsboot.benchmark.contender.Workspace;
import io.github.udsboot.benchmark.peer.uds.UdsPeer;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;
import io.github.udsboot.benchmark.worker.IdleConnections;

/**
 * What 10,000 idle connections cost a server, or as many as descriptors are allowed for.
 */
final class IdleConnectionsMeasure implements Measure {

	private static final int MOST = 10_000;

	private static final int FEWEST = 1_000;

	/** Descriptors that are none of connections. */
	private static final int SPARE = 512;

	private static final Duration OPENING = Duration.ofSeconds(30);

	@Override
	public String name() {
		return "idle-connections";
	}

	@Override
	public boolean isQuick() {
		return true;
	}

	@Override
	public boolean isDue(int round) {
		return round == 1;
	}

	@Override
	public List<String> contenders() {
		return List.of(Contenders.UDS);
	}

	@Override
	public boolean usesSessions() {
		return false;
	}

	@Override
	public Duration estimate(Pace pace, List<Contender> contenders) {
		return pace.idle().plus(CpuWatch.SETTLING).plus(Estimates.session(Contenders.CROWD)).plus(Estimates.CROWD);
	}

	@Override
	public void run(Round round) {
		if (!ProcessFigures.areAvailable()) {
			round.skipped(name(), "needs /proc");
		}
		else if (connections() < FEWEST) {
			round.skipped(name(), "needs more descriptors (ulimit -n) than " + DescriptorLimit.current());
		}
		else if (!round.turns(contenders()).isEmpty()) {
			round.attempt(Contenders.CROWD.name(), name(), () -> measure(round, connections()));
		}
	}

	/** A server takes half of its descriptors for connections at most. */
	private static int connections() {
		return (int) Math.min(MOST, (DescriptorLimit.current() - SPARE) / 2);
	}

	private static void measure(Round round, int connections) {
		JavaContender crowd = Contenders.CROWD;
		Workspace workspace = round.workspace();
		try (JavaSession session = crowd.start(workspace)) {
			// The code that connections run through is there before memory is measured
			open(workspace, FEWEST).close();
			session.collect();
			long before = ProcessFigures.residentKilobytes(session.serverPid());
			ChildProcess opener = open(workspace, connections);
			try {
				session.collect();
				double each = (double) (ProcessFigures.residentKilobytes(session.serverPid()) - before) / connections;
				double cpu = CpuWatch.percent(round.pace().idle(), session.serverPid());
				round.add(Row.of(round.number(), crowd.name(), MeasureNames.IDLE_MEMORY, each, "KB").with(connections));
				round.add(Row.of(round.number(), crowd.name(), MeasureNames.IDLE_CPU, cpu, "%").with(connections));
			}
			finally {
				opener.close();
			}
		}
	}

	private static ChildProcess open(Workspace workspace, int connections) {
		ChildProcess opener = ChildProcess.start("idle-connections", workspace.java(List.of(), IdleConnections.class,
				workspace.socket(Contenders.CROWD.name()).toString(), String.valueOf(connections), UdsPeer.ECHO_ROUTE),
				workspace.logs());
		boolean open = false;
		try {
			opener.await(OPENING, IdleConnections.OPEN);
			open = true;
			return opener;
		}
		finally {
			if (!open) {
				opener.close();
			}
		}
	}

}
