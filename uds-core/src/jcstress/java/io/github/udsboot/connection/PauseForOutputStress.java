package io.github.udsboot.connection;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.stress.SinkSocket;

@JCStressTest
@Description("A connection stops reading as its output is full, while another thread writes all of that")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "all frames are taken")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the rest will be, by a task of the loop")
@Outcome(expect = Expect.FORBIDDEN, desc = "the connection is read no more, though its output is empty")
@State
public class PauseForOutputStress {

	private static final int CAPACITY = 10;

	private static final Field SELECTOR;

	static {
		try {
			SELECTOR = EventLoop.class.getDeclaredField("selector");
			SELECTOR.setAccessible(true);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** So many that one of them finds the output full. */
	private static final int FRAMES = 100;

	private static final byte[] LINES = "\n".repeat(FRAMES).getBytes(StandardCharsets.UTF_8);

	private final EventLoop loop;

	private final LoopConnection connection;

	private int frames;

	public PauseForOutputStress() {
		ConnectionClocks clocks = new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
		ConnectionLimits limits = new ConnectionLimits(CAPACITY, clocks, Duration.ZERO);
		this.loop = new EventLoop(new LoopTaskStress.Sleep(), new HandoverWatcher(),
				new BoundedExecutor(Runnable::run, 1), limits);
		FrameReader reader = new LineProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS);
		this.connection = new LoopConnection(this.loop, new SinkSocket(), null, reader,
				(connection) -> new Counter(), limits, MemoryAccount.UNLIMITED, ThreadShare.unlimited());
	}

	@Actor
	public void owner() {
		this.connection.decode(ByteBuffer.wrap(LINES));
	}

	@Actor
	public void other() {
		this.connection.push(new EncodedFrame(new byte[CAPACITY + 1], new byte[0]));
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = (this.frames == FRAMES) ? 1 : hasTasks() ? 2 : 0;
	}

	private boolean hasTasks() {
		try {
			return ((LoopSelector) SELECTOR.get(this.loop)).hasTasks();
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private final class Counter implements ConnectionHandler {

		@Override
		public boolean frame(LoopConnection connection, Frame frame) {
			PauseForOutputStress.this.frames++;
			return true;
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, Throwable cause) {
			throw new IllegalStateException();
		}

	}

}
