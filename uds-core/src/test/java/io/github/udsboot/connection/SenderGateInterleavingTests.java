package io.github.udsboot.connection;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which a gate opens and senders enlist.
 */
class SenderGateInterleavingTests {

	@Test
	void aTaskThatEnlistsWhileTheGateOpensRunsOnce() {
		assertThat(Interleavings.explore(EnlistAgainstOpen.class, 4, SenderGate.class)).isGreaterThan(10);
	}

	@Test
	void aTaskThatFindsNoRoomAnyMoreIsNotForgotten() {
		assertThat(Interleavings.explore(RoomThatIsTaken.class, 3, SenderGate.class)).isGreaterThan(100);
	}

	static class EnlistAgainstOpen implements Interleaving {

		private final SenderGate gate = new SenderGate();

		private boolean room;

		private int runs;

		@Override
		public List<Runnable> actors() {
			return List.of(() -> this.gate.whenOpen(() -> this.room, () -> this.runs++), () -> {
				this.room = true;
				this.gate.open();
			});
		}

		@Override
		public void check() {
			assertThat(this.runs).isEqualTo(1);
		}

	}

	/** Two senders, and room for one of them at a time. */
	static class RoomThatIsTaken implements Interleaving {

		private final SenderGate gate = new SenderGate();

		private boolean room;

		private int sent;

		@Override
		public List<Runnable> actors() {
			return List.of(this::send, this::makeRoom, this::send);
		}

		private void send() {
			if (takeRoom()) {
				this.sent++;
			}
			else {
				this.gate.whenOpen(() -> this.room, this::send);
			}
		}

		private synchronized boolean takeRoom() {
			boolean taken = this.room;
			this.room = false;
			return taken;
		}

		private void makeRoom() {
			this.room = true;
			this.gate.open();
		}

		@Override
		public void check() {
			// whoever waits now is let in by the next that makes room
			while (this.sent < 2) {
				int before = this.sent;
				makeRoom();
				assertThat(this.sent).as("let in when there is room").isGreaterThan(before);
			}
			assertThat(this.sent).isEqualTo(2);
		}

	}

}
