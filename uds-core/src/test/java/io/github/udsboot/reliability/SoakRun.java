package io.github.udsboot.reliability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.udsboot.transport.TransportType;

/**
 * The soak, the kills and the rolling restarts, one after the other, on each transport in
 * turn.
 */
final class SoakRun {

	private SoakRun() {
	}

	/**
	 * Run, as the system properties {@code soak.duration}, {@code soak.load},
	 * {@code soak.peak}, {@code soak.kills}, {@code soak.restarts} and
	 * {@code soak.transport} say. Times and numbers are for all transports together; what
	 * is 0 is left out.
	 * @return what was wrong
	 */
	static List<String> run() {
		Settings settings = new Settings("soak");
		List<TransportType> transports = settings.transports();
		Duration duration = settings.duration("duration", "60m").dividedBy(transports.size());
		int load = settings.number("load", 70);
		int kills = settings.number("kills", 1000);
		int restarts = settings.number("restarts", 50);
		Report report = new Report("soak",
				"./mvnw -pl uds-core -Psoak test -Dsoak.duration=" + settings.text("duration", "60m") + " -Dsoak.load="
						+ load + " -Dsoak.kills=" + kills + " -Dsoak.restarts=" + restarts);
		List<String> faults = new ArrayList<>();
		if (!duration.isZero()) {
			Soak.columns(report);
			for (TransportType transport : transports) {
				faults.addAll(new Soak(transport, settings.duration("peak", "10s"), duration, load).run(report));
			}
			report.end();
		}
		if (kills > 0) {
			Kills.columns(report);
			for (TransportType transport : transports) {
				faults.addAll(new Kills(transport, kills / transports.size()).run(report));
			}
			report.end();
		}
		if (restarts > 0) {
			RollingRestarts.columns(report);
			for (TransportType transport : transports) {
				faults.addAll(new RollingRestarts(transport, restarts / transports.size()).run(report));
			}
			report.end();
		}
		faults.forEach((fault) -> Report.print(fault + "\n"));
		return faults;
	}

}
