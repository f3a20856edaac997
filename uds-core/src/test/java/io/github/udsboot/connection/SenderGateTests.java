package io.github.udsboot.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who passes the gate when it opens.
 */
class SenderGateTests {

	private final SenderGate gate = new SenderGate();

	private final AtomicBoolean room = new AtomicBoolean();

	private final List<String> runs = new ArrayList<>();

	@Test
	void aTaskThatFindsNoRoomWaitsForTheNextTime() {
		enlistAgainAndAgain();
		this.gate.open();
		assertThat(this.runs).containsExactly("run");
		this.gate.open();
		assertThat(this.runs).containsExactly("run", "run");
	}

	/** Bounded, so that a gate that keeps its opener in here fails and does not hang. */
	private void enlistAgainAndAgain() {
		this.gate.whenOpen(this.room::get, () -> {
			this.runs.add("run");
			if (this.runs.size() < 1000) {
				enlistAgainAndAgain();
			}
		});
	}

	@Test
	void allWhoWaitHaveTheirTurnThoughOneFails() {
		this.gate.whenOpen(this.room::get, () -> {
			throw new IllegalStateException("expected by the test");
		});
		this.gate.whenOpen(this.room::get, () -> this.runs.add("second"));
		this.gate.open();
		assertThat(this.runs).containsExactly("second");
	}

	@Test
	void aTaskThatComesWhileThereIsRoomRunsAtOnce() {
		this.room.set(true);
		this.gate.whenOpen(this.room::get, () -> this.runs.add("run"));
		assertThat(this.runs).containsExactly("run");
		this.gate.open();
		assertThat(this.runs).containsExactly("run");
	}

}
