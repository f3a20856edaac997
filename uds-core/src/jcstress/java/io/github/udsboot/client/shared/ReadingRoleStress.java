package io.github.udsboot.client.shared;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.protocol.ResponseFrame;

@JCStressTest
@Description("The holder of the reading role leaves it, and makes another call, while a call begins to wait")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "each has its answer, and the role is free")
@Outcome(expect = Expect.FORBIDDEN, desc = "a call is not answered, as nobody reads")
@State
public class ReadingRoleStress {

	private final EchoTransport echo = new EchoTransport();

	public ReadingRoleStress() {
		this.echo.connection.role().tryLead();
	}

	@Actor
	public void leader(III_Result result) {
		this.echo.connection.role().leave();
		result.r1 = (this.echo.connection.call(new EchoTransport.Call()) instanceof CallOutcome.Answered answered
				&& answered.frame() instanceof ResponseFrame) ? 1 : 0;
	}

	@Actor
	public void other(III_Result result) {
		result.r2 = (this.echo.connection.call(new EchoTransport.Call()) instanceof CallOutcome.Answered answered
				&& answered.frame() instanceof ResponseFrame) ? 1 : 0;
	}

	@Arbiter
	public void after(III_Result result) {
		result.r3 = this.echo.connection.pendingCalls() + (this.echo.connection.role().isLed() ? 10 : 0);
	}

}
