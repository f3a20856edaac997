package io.github.udsboot.listener.dispatch;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

import io.github.udsboot.Status;

@JCStressTest
@Description("A handler answers while its call is cancelled")
@Outcome(id = "1, 0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the answer is the outcome")
@Outcome(id = "0, 1, 1, 0", expect = Expect.ACCEPTABLE, desc = "withdrawn, and counted out once")
@Outcome(expect = Expect.FORBIDDEN, desc = "two outcomes or none, a wrong count, or a stray interrupt")
@State
public class CallOutcomeStress {

	private final Call call = new Call();

	@Actor
	public void handler(IIII_Result result) {
		if (this.call.enter()) {
			result.r1 = this.call.takeOutcome() ? 1 : 0;
		}
		this.call.leave();
		result.r4 = Thread.interrupted() ? 1 : 0;
	}

	@Actor
	public void cancel(IIII_Result result) {
		if (this.call.withdraw()) {
			result.r2 = 1;
			this.call.giveUp(Status.CANCELLED);
		}
	}

	@Arbiter
	public void after(IIII_Result result) {
		result.r3 = this.call.countedOut.get();
	}

	private static final class Call extends CallState {

		private final AtomicInteger countedOut = new AtomicInteger();

		@Override
		void countOut(Status status) {
			this.countedOut.incrementAndGet();
		}

		@Override
		void runElsewhere(Runnable cancellation) {
			throw new IllegalStateException();
		}

	}

}
