package io.github.udsboot.connection;

import java.io.IOException;
import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.stress.SinkSocket;

@JCStressTest
@Description("A connection is closed while a request is written: what is called unsent has not been sent")
@Outcome(id = { "0, 0", "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "unsent, or perhaps sent")
@Outcome(expect = Expect.FORBIDDEN, desc = "sent, and called unsent: it would be repeated")
@State
public class UnsentStress {

	private final SinkSocket socket = new SinkSocket();

	private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

	public UnsentStress() {
		this.outbox.offer(new EncodedFrame(new byte[4], new byte[0]));
	}

	@Actor
	public void write() {
		try {
			this.outbox.flush();
		}
		catch (IOException ex) {
			// closed
		}
	}

	@Actor
	public void close(II_Result result) {
		this.outbox.close();
		this.socket.close();
		result.r1 = this.outbox.isUnsent(0) ? 1 : 0;
	}

	@Arbiter
	public void after(II_Result result) {
		result.r2 = (this.socket.received() > 0) ? 1 : 0;
	}

}
