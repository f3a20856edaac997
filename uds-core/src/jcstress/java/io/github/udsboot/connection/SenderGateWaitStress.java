package io.github.udsboot.connection;

import java.util.concurrent.TimeUnit;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

@JCStressTest
@Description("Room is made while a thread goes to sleep for it")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the thread is woken, or does not sleep")
@Outcome(expect = Expect.FORBIDDEN, desc = "the thread sleeps on")
@State
public class SenderGateWaitStress {

	private static final long LONG = TimeUnit.SECONDS.toNanos(20);

	private final SenderGate gate = new SenderGate();

	private volatile boolean room;

	@Actor
	public void sender(I_Result result) {
		try {
			long begun = System.nanoTime();
			boolean open = this.gate.await(() -> this.room, LONG);
			result.r1 = (open && System.nanoTime() - begun < LONG / 2) ? 1 : 0;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Actor
	public void loop() {
		this.room = true;
		this.gate.open();
	}

}
