package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.ChildProcess;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.JavaContender;
import io.github.udsboot.benchmark.contender.JavaSession;
import io.github.udsboot.benchmark.contender.Workspace;
import io.github.udsboot.benchmark.peer.uds.UdsPeer;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;
import io.github.udsboot.benchmark.worker.IdleConnections;

/**
 * What 10,000 idle connections cost a server.
 */
final class IdleConnectionsMeasure implements Measure {

	private static final int CONNECTIONS = 10_000;

	/** The server keeps half of its descriptors for other things. */
	private static final long DESCRIPTORS = 2L * CONNECTIONS + 512;

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
	public void run(Round round) {
		if (!ProcessFigures.areAvailable()) {
			round.skipped(name(), "needs /proc");
		}
		else if (DescriptorLimit.current() < DESCRIPTORS) {
			round.skipped(name(), "needs a limit of " + DESCRIPTORS + " descriptors (ulimit -n), which is "
					+ DescriptorLimit.current());
		}
		else if (!round.turns(List.of(Contenders.UDS)).isEmpty()) {
			round.attempt(Contenders.CROWD.name(), name(), () -> measure(round));
		}
	}

	private static void measure(Round round) {
		JavaContender crowd = Contenders.CROWD;
		Workspace workspace = round.workspace();
		try (JavaSession session = crowd.start(workspace)) {
			// The code that connections run through is there before memory is measured
			open(workspace, CONNECTIONS / 10).close();
			session.collect();
			long before = ProcessFigures.residentKilobytes(session.serverPid());
			ChildProcess opener = open(workspace, CONNECTIONS);
			try {
				session.collect();
				double each = (double) (ProcessFigures.residentKilobytes(session.serverPid()) - before) / CONNECTIONS;
				double cpu = CpuWatch.percent(round.pace().idle(), session.serverPid());
				round.add(Row.of(round.number(), crowd.name(), MeasureNames.IDLE_MEMORY, each, "KB").with(CONNECTIONS));
				round.add(Row.of(round.number(), crowd.name(), MeasureNames.IDLE_CPU, cpu, "%").with(CONNECTIONS));
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
