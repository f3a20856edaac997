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
@Description("One thread adds to what is held, and covers it, while another gives back what is not needed any more")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "what is held is covered")
@Outcome(expect = Expect.FORBIDDEN, desc = "more is held than is reserved, or the other way round")
@State
public class HoldStress {

	private static final int FREE = 1_000;

	private static final int ADDED = 20_000;

	private final MemoryBudget budget = new MemoryBudget(1 << 20, 0);

	private final MemoryAccount account = Objects.requireNonNull(this.budget.open(null, true, 0));

	private final AtomicLong size = new AtomicLong(ADDED);

	private final MemoryHold hold = new MemoryHold(this.account, FREE, this.size::get);

	public HoldStress() {
		this.hold.cover(ADDED);
		// written, but not yet settled
		this.size.set(0);
	}

	@Actor
	public void add() {
		this.hold.cover(this.size.addAndGet(ADDED));
	}

	@Actor
	public void written() {
		this.hold.settle();
	}

	@Arbiter
	public void after(I_Result result) {
		boolean covered = this.account.reserved() + FREE >= ADDED;
		// as settling and closing give back what was reserved, and no more
		this.size.set(0);
		this.hold.settle();
		result.r1 = (covered ? 0 : 1) + ((this.budget.used() == 0) ? 0 : 10);
	}

}
