package io.github.udsboot.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import io.github.udsboot.testsupport.StubSelector;

@JCStressTest
@Description("A task is left to a loop that is about to sleep")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "the loop is awake, or was woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "the loop sleeps while there is a task")
@State
public class LoopTaskStress {

	private final Sleep sleep = new Sleep();

	private final LoopSelector selector = new LoopSelector(this.sleep);

	@Actor
	public void owner() {
		try {
			this.selector.select(-1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Actor
	public void other() {
		this.selector.execute(() -> {
			// a task
		});
		this.sleep.left = true;
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = this.sleep.sleptOn ? 1 : 0;
	}

	/** A sleep that nothing but a wake-up ends, for as long as the other thread is here. */
	static final class Sleep extends StubSelector {

		private volatile boolean woken;

		private volatile boolean left;

		private boolean sleptOn;

		@Override
		public int select() {
			while (!this.woken && !this.left) {
				Thread.onSpinWait();
			}
			this.sleptOn = !this.woken;
			return 0;
		}

		@Override
		public Selector wakeup() {
			this.woken = true;
			return this;
		}

	}

}
