package io.github.udsboot.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

@JCStressTest
@Description("A loop is taken from its owner while that comes back from application code")
@Outcome(id = { "1, 0, 0" }, expect = Expect.ACCEPTABLE, desc = "the owner keeps it")
@Outcome(id = { "0, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "another thread has it")
@Outcome(expect = Expect.FORBIDDEN, desc = "two owners, or none, or what the owner wrote is not seen")
@State
public class LoopTurnStress {

	private static final HandoverWatcher WATCHER = new HandoverWatcher();

	private final LoopTurn turn = new LoopTurn(WATCHER, new BoundedExecutor(Runnable::run, 2));

	private final ThreadShare share = ThreadShare.unlimited();

	/** Stands for the state of the loop: plain, as all of that is. */
	private int state;

	@Actor
	public void owner(III_Result result) {
		this.state = 1;
		result.r1 = this.turn.callOut(this.share, HandoverListener.NONE, () -> {
			// the handler
		}) ? 1 : 0;
	}

	@Actor
	public void watcher(III_Result result) {
		long observed = this.turn.value();
		if (LoopTurn.isRunning(observed) && this.turn.take(observed)) {
			result.r2 = 1;
			result.r3 = (this.state == 1) ? 0 : 1;
		}
	}

	@Arbiter
	public void after(III_Result result) {
		result.r3 += LoopTurn.isRunning(this.turn.value()) ? 10 : 0;
	}

}
