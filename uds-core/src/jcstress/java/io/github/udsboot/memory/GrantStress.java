package io.github.udsboot.memory;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

@JCStressTest
@Description("A connection asks for memory while another gives some back")
@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "it has it at once, or is told of it once")
@Outcome(expect = Expect.FORBIDDEN, desc = "it waits though there is room, or is told of what it has")
@State
public class GrantStress {

	private static final int LIMIT = 64 << 10;

	private final MemoryBudget budget = new MemoryBudget(LIMIT, 0);

	private final MemoryAccount account = Objects.requireNonNull(this.budget.open(null, true, 0));

	private final MemoryAccount other = Objects.requireNonNull(this.budget.open(null, true, 0));

	private final AtomicInteger grants = new AtomicInteger();

	public GrantStress() {
		this.other.reserve(LIMIT - 10);
	}

	@Actor
	public void ask(II_Result result) {
		result.r1 = this.account.reserveOrAwait(1_000, this.grants::incrementAndGet) ? 1 : 0;
	}

	@Actor
	public void release() {
		this.other.release(LIMIT - 10);
	}

	@Arbiter
	public void after(II_Result result) {
		result.r2 = this.grants.get();
	}

}
