package io.github.udsboot.benchmark.run;

import java.time.Duration;

import io.github.udsboot.benchmark.contender.Contender;

/**
 * What takes its time beside the loads: rough figures for two idle cores, for an estimate
 * only. A busy machine takes longer, which the end of a run tells.
 */
final class Estimates {

	/** The start of an application in a JVM. */
	static final Duration APPLICATION = Duration.ofMillis(1800);

	/** The opening of some thousand connections, and two garbage collections. */
	static final Duration CROWD = Duration.ofSeconds(8);

	private Estimates() {
	}

	/** Both processes that live through a round. */
	static Duration session(Contender contender) {
		return contender.isCompiledWhileItRuns() ? APPLICATION.multipliedBy(2) : Duration.ofMillis(50);
	}

	/** A client for one load: a new application in a JVM that runs, or a program. */
	static Duration client(Contender contender) {
		return contender.isCompiledWhileItRuns() ? Duration.ofMillis(400) : Duration.ofMillis(50);
	}

}
