package io.github.udsboot.memory;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("A connection waits for memory and is closed while another gives some back")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "all is given back")
@Outcome(expect = Expect.FORBIDDEN, desc = "something stays reserved for ever, or was given back twice")
@State
public class HoldCloseStress {

	private static final int LIMIT = 64 << 10;

	private final MemoryBudget budget = new MemoryBudget(LIMIT, 0);

	private final MemoryAccount account = Objects.requireNonNull(this.budget.open(null, true, 0));

	private final MemoryAccount other = Objects.requireNonNull(this.budget.open(null, true, 0));

	private final AtomicLong size = new AtomicLong();

	private final MemoryHold hold = new MemoryHold(this.account, 0, this.size::get);

	public HoldCloseStress() {
		this.other.reserve(LIMIT - 10);
	}

	@Actor
	public void owner() {
		this.hold.coverOrAwait(20_000, () -> {
			// reads on
		});
		this.hold.close();
		this.account.close();
	}

	@Actor
	public void release() {
		this.other.release(LIMIT - 10);
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = (int) this.budget.used();
	}

}
