package io.github.udsboot.client.shared;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIIII_Result;

import io.github.udsboot.client.call.CallOutcome;

@JCStressTest
@Description("A call is answered, runs out of time, and its connection is closed: one of them has its outcome")
@Outcome(id = { "1, 0, 0, 0, 1", "0, 1, 0, 0, 1" }, expect = Expect.ACCEPTABLE, desc = "one owner")
@Outcome(expect = Expect.FORBIDDEN, desc = "none, or two, or it still counts")
@State
public class PendingCallEndStress {

	private final PendingCalls calls = new PendingCalls(4, 2);

	private final StressCall call = new StressCall(1);

	public PendingCallEndStress() {
		this.calls.add(this.call);
	}

	@Actor
	public void answer(IIIII_Result result) {
		PendingCall taken = this.calls.take(1);
		result.r1 = end(taken);
	}

	@Actor
	public void timeOutAndClose(IIIII_Result result) {
		result.r2 = end(this.calls.remove(this.call) ? this.call : null);
		for (int i = 0; i < this.calls.size(); i++) {
			PendingCall found = this.calls.at(i);
			if (found != null && this.calls.remove(found)) {
				result.r3 += end(found);
			}
		}
	}

	private static int end(PendingCall taken) {
		if (taken == null) {
			return 0;
		}
		taken.complete(CallOutcome.Ended.EXPIRED);
		return 1;
	}

	@Arbiter
	public void after(IIIII_Result result) {
		result.r4 = this.calls.count();
		result.r5 = this.call.completions();
	}

}
