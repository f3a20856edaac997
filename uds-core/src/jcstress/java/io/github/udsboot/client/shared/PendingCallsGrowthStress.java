package io.github.udsboot.client.shared;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

@JCStressTest
@Description("An answer is looked up while the calls move to a larger table, and while one is added to it")
@Outcome(id = { "1, 0, 0", "1, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "found; the new one too or not yet there")
@Outcome(expect = Expect.FORBIDDEN, desc = "a call was lost, or counts without being there")
@State
public class PendingCallsGrowthStress {

	private static final int CALLS = 32;

	private static final long NEXT = 2 * CALLS + 1;

	private final PendingCalls calls = new PendingCalls(16, 2);

	public PendingCallsGrowthStress() {
		for (int i = 0; i < CALLS; i++) {
			this.calls.add(new StressCall(2L * i + 1));
		}
	}

	@Actor
	public void submit() {
		this.calls.add(new StressCall(this.calls.freeId(NEXT)));
	}

	@Actor
	public void answer(III_Result result) {
		result.r1 = (this.calls.take(CALLS + 1) != null) ? 1 : 0;
		result.r2 = (this.calls.take(NEXT) != null) ? 1 : 0;
	}

	@Arbiter
	public void after(III_Result result) {
		int there = 0;
		for (int i = 0; i < this.calls.size(); i++) {
			there += (this.calls.at(i) != null) ? 1 : 0;
		}
		result.r3 = Math.abs(CALLS + 1 - result.r1 - result.r2 - there) + Math.abs(there - this.calls.count());
	}

}
