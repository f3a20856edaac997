package io.github.udsboot.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.stress.SinkSocket;

@JCStressTest
@Description("Two threads offer a frame each and flush: the role of the one ends as the other leaves its frame")
@Outcome(id = "7, 0, 0", expect = Expect.ACCEPTABLE, desc = "both are written, and nothing is left")
@Outcome(expect = Expect.FORBIDDEN, desc = "a frame was left behind, or the count is wrong")
@State
public class OutboxFlushStress {

	private final SinkSocket socket = new SinkSocket();

	private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

	@Actor
	public void one() {
		write(3);
	}

	@Actor
	public void other() {
		write(4);
	}

	private void write(int length) {
		this.outbox.offer(new EncodedFrame(new byte[length], new byte[0]));
		try {
			this.outbox.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Arbiter
	public void after(III_Result result) {
		result.r1 = this.socket.received();
		result.r2 = (int) this.outbox.queuedBytes();
		result.r3 = (int) this.outbox.queuedFrames();
	}

}
