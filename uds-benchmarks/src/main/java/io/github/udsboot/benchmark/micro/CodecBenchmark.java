package io.github.udsboot.benchmark.micro;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * Reads and writes frames of ttrpc.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {

	private static final String ROUTE = "benchmark.echo";

	private static final long TIMEOUT_NANOS = 30_000_000_000L;

	/** In the header of a frame. */
	private static final int STREAM_ID_OFFSET = 4;

	private final TtrpcProtocol protocol = new TtrpcProtocol();

	private final FrameWriter writer = this.protocol.newWriter(FrameLimits.DEFAULTS);

	private final FrameReader serverReader = this.protocol.newReader(Side.SERVER, FrameLimits.DEFAULTS);

	private final FrameReader clientReader = this.protocol.newReader(Side.CLIENT, FrameLimits.DEFAULTS);

	/** The size of the payload. */
	@Param({ "64", "65536" })
	public int payload;

	private RequestFrame request = new RequestFrame(1, ROUTE, new byte[0], TIMEOUT_NANOS, Map.of());

	private ResponseFrame response = ResponseFrame.ok(1, new byte[0]);

	private int streamId = 1;

	private ByteBuffer requestBytes = ByteBuffer.allocate(0);

	private ByteBuffer responseBytes = ByteBuffer.allocate(0);

	/**
	 * Make the frames.
	 * @throws FrameTooLargeException never
	 * @throws UnencodableFrameException never
	 */
	@Setup
	public void makeFrames() throws FrameTooLargeException, UnencodableFrameException {
		this.request = new RequestFrame(1, ROUTE, new byte[this.payload], TIMEOUT_NANOS, Map.of());
		this.response = ResponseFrame.ok(1, new byte[this.payload]);
		this.requestBytes = bytes(this.writer.encode(this.request));
		this.responseBytes = bytes(this.writer.encode(this.response));
	}

	private static ByteBuffer bytes(EncodedFrame frame) {
		return ByteBuffer.allocateDirect(frame.size()).put(frame.head()).put(frame.body()).flip();
	}

	/**
	 * Write a request.
	 * @return the bytes
	 * @throws FrameTooLargeException never
	 * @throws UnencodableFrameException never
	 */
	@Benchmark
	public EncodedFrame writeRequest() throws FrameTooLargeException, UnencodableFrameException {
		return this.writer.encode(this.request);
	}

	/**
	 * Write an answer.
	 * @return the bytes
	 * @throws FrameTooLargeException never
	 * @throws UnencodableFrameException never
	 */
	@Benchmark
	public EncodedFrame writeResponse() throws FrameTooLargeException, UnencodableFrameException {
		return this.writer.encode(this.response);
	}

	/**
	 * Read a request.
	 * @return the frame
	 * @throws ProtocolException never
	 */
	@Benchmark
	public Frame readRequest() throws ProtocolException {
		// A server takes each id once, and only greater ones
		this.streamId += 2;
		this.requestBytes.putInt(STREAM_ID_OFFSET, this.streamId);
		Frame frame = this.serverReader.read(this.requestBytes.rewind());
		return checked(frame, frame instanceof RequestFrame read && read.payload().length == this.payload);
	}

	/**
	 * Read an answer.
	 * @return the frame
	 * @throws ProtocolException never
	 */
	@Benchmark
	public Frame readResponse() throws ProtocolException {
		Frame frame = this.clientReader.read(this.responseBytes.rewind());
		return checked(frame, frame instanceof ResponseFrame read && read.payload().length == this.payload);
	}

	private static Frame checked(@Nullable Frame frame, boolean right) {
		if (frame == null || !right) {
			throw new IllegalStateException("Another frame was read than was written: " + frame);
		}
		return frame;
	}

}
