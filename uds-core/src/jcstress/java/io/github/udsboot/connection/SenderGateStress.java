package io.github.udsboot.connection;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("Room is made while a sender enlists for it")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the sender goes on, once")
@Outcome(expect = Expect.FORBIDDEN, desc = "the sender waits though there is room, or runs twice")
@State
public class SenderGateStress {

	private final SenderGate gate = new SenderGate();

	private final AtomicInteger runs = new AtomicInteger();

	private volatile boolean room;

	@Actor
	public void sender() {
		this.gate.whenOpen(() -> this.room, this.runs::incrementAndGet);
	}

	@Actor
	public void loop() {
		this.room = true;
		this.gate.open();
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = this.runs.get();
	}

}
