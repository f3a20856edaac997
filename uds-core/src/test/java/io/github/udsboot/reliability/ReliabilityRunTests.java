package io.github.udsboot.reliability;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.transport.TestUser;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A moment of each of the long runs, so that they still work when they are wanted.
 */
@Timeout(300)
class ReliabilityRunTests {

	private final Report report = new Report("reliability-tests", "ReliabilityRunTests");

	@Test
	void soakLosesNoCall() {
		Soak.columns(this.report);
		assertThat(new Soak(TransportType.JDK, Duration.ofMillis(100), Duration.ofMillis(300), 70).run(this.report))
			.isEmpty();
	}

	@Test
	void killsContradictNoCaller() {
		Kills.columns(this.report);
		assertThat(new Kills(TransportType.JUNIXSOCKET, 2).run(this.report)).isEmpty();
	}

	@Test
	void rollingRestartFailsNoCall() {
		RollingRestarts.columns(this.report);
		assertThat(new RollingRestarts(TransportType.JDK, 1).run(this.report)).isEmpty();
	}

	@Test
	void attackIsSurvivedAndForgotten() {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "Python is needed");
		HostileRun.columns(this.report);
		Attack drip = Attack.ALL.stream().filter((attack) -> attack.name().equals("drip")).findFirst().orElseThrow();
		assertThat(new HostileRun(TransportType.JDK, Duration.ofMillis(500)).run(drip, TestUser.isRoot(), this.report))
			.isEmpty();
	}

}
