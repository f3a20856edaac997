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

@JCStressTest
@Description("A connection is closed while a thread leaves the reading role and makes a call")
@Outcome(id = { "1, 0, 1", "2, 0, 1", "3, 0, 1", "4, 0, 1" }, expect = Expect.ACCEPTABLE,
		desc = "answered, lost, unsent or not taken; the buffer is back")
@Outcome(expect = Expect.FORBIDDEN, desc = "no outcome, or something of the connection is left")
@State
public class CloseStress {

	private final EchoTransport echo = new EchoTransport();

	public CloseStress() {
		this.echo.connection.role().tryLead();
	}

	@Actor
	public void leader(III_Result result) {
		this.echo.connection.role().leave();
		CallOutcome outcome = this.echo.connection.call(new EchoTransport.Call());
		if (outcome instanceof CallOutcome.Answered) {
			result.r1 = 1;
		}
		else if (outcome instanceof CallOutcome.Lost) {
			result.r1 = 2;
		}
		else if (outcome instanceof CallOutcome.Unsent) {
			result.r1 = 3;
		}
		else if (outcome == CallOutcome.Ended.NOT_SUBMITTED) {
			result.r1 = 4;
		}
	}

	@Actor
	public void close() {
		this.echo.connection.close("closed", null);
	}

	@Arbiter
	public void after(III_Result result) {
		result.r2 = this.echo.connection.pendingCalls() + (this.echo.connection.role().isLed() ? 10 : 0);
		result.r3 = this.echo.buffers.kept();
	}

}
