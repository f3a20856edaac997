package io.github.udsboot.client.shared;

import java.io.IOException;
import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.stress.SinkSocket;

@JCStressTest
@Description("A request is left to the thread that reads for others, which is about to leave")
@Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "written, by the one or by the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "left behind, or written twice")
@State
public class AttendedStress implements RequestWriter.Requests {

	private static final EncodedFrame FRAME = new EncodedFrame(new byte[4], new byte[0]);

	private final SinkSocket socket = new SinkSocket();

	private final RequestWriter writer = new RequestWriter(this.socket, new BusyPoll(Duration.ZERO), 1 << 20,
			this);

	public AttendedStress() {
		this.writer.attend();
	}

	@Actor
	public void caller() {
		this.writer.offer(FRAME);
		this.writer.flushUnlessAttended();
	}

	@Actor
	public void leader() {
		this.writer.leave();
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = this.socket.received();
	}

	@Override
	public void awaitWritable() {
		throw new IllegalStateException();
	}

	@Override
	public void writingFailed(IOException cause) {
		throw new IllegalStateException(cause);
	}

	@Override
	public void ended(String reason, Throwable cause) {
		throw new IllegalStateException(reason, cause);
	}

	@Override
	public boolean takesNoMore() {
		return false;
	}

}
