package io.github.udsboot.client.rpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.client.shared.IoThread;
import io.github.udsboot.client.shared.ReadBuffers;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.memory.MemoryListener;
import io.github.udsboot.transport.memory.MemorySocket;
import io.github.udsboot.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client with two permits, and a server without threads. A class of its own, as its
 * fields are no part of what is explored.
 */
abstract class InterleavedClient implements Interleaving, CallRecorder {

	static final Duration TIMEOUT = Duration.ofSeconds(1);

	final UdsAddress address = UdsAddress.of(Path.of("/memory/socket"));

	final MemoryListener server;

	final SharedConnections connections;

	final UnaryCallExecutor calls;

	private final long begun = System.nanoTime();

	private final TtrpcProtocol protocol = new TtrpcProtocol();

	private final FrameReader reader = this.protocol.newReader(WireProtocol.Side.SERVER, FrameLimits.DEFAULTS);

	private final FrameWriter writer = this.protocol.newWriter(FrameLimits.DEFAULTS);

	/** Deliveries of outcomes; run in the end. */
	private final Queue<Runnable> callbacks = new ArrayDeque<>();

	/** Of calls that a thread waits for. */
	final List<Throwable> failures = new ArrayList<>();

	int answers;

	/** Whether the server has seen a request, or a part of one. */
	private boolean arrived;

	/** How many it has answered. */
	private int served;

	/** How many calls were recorded. */
	int recorded;

	InterleavedClient(Duration waitForServer) {
		MemoryTransport.clear();
		this.server = MemoryTransport.listen(this.address);
		Duration backoff = Duration.ofNanos(1);
		this.connections = new SharedConnections("test",
				new SharedSettings(
						new ConnectSettings(this.address, new MemoryTransport(), Duration.ofSeconds(5), waitForServer,
								backoff, backoff, Duration.ZERO, true),
						this.protocol, FrameLimits.DEFAULTS, 1, 2, this.protocol.firstStreamId(), false,
						ClientLimits.DEFAULTS),
				new ReadBuffers(1, (size) -> ByteBuffer.allocate(1024)));
		this.calls = new UnaryCallExecutor(this.connections, this, this.callbacks::add, null);
	}

	final CallRequest request() {
		return new CallRequest("/a/B", "/a/B", Map.of(), this.begun, this.begun + TIMEOUT.toNanos());
	}

	final void call() {
		try {
			assertThat(this.calls.call(request(), new byte[] { 42 })).containsExactly(42);
			this.answers++;
		}
		catch (UdsException ex) {
			this.failures.add(ex);
		}
	}

	final CompletableFuture<byte[]> callAsync() {
		return this.calls.callAsync(request(), new byte[] { 42 }, (payload) -> payload);
	}

	final boolean isDone(int calls) {
		return this.answers + this.failures.size() == calls;
	}

	/** Make a connection, and return the server's end of it. */
	final MemorySocket connect() {
		this.connections.acquire(this.calls.connectDeadline(request()));
		return accept();
	}

	final MemorySocket accept() {
		try {
			return this.server.accept();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Answer what comes, unless nothing comes any more. */
	final void serve(MemorySocket socket, BooleanSupplier over) {
		try {
			ByteBuffer bytes = ByteBuffer.allocate(1024);
			Steps.await(() -> socket.available() > 0 || socket.isEnded() || over.getAsBoolean());
			if (socket.read(bytes) <= 0) {
				return;
			}
			this.arrived = true;
			bytes.flip();
			Frame frame = this.reader.read(bytes);
			while (frame != null) {
				EncodedFrame answer = this.writer.encode(ResponseFrame.ok(frame.streamId(), new byte[] { 42 }));
				socket.write(ByteBuffer.wrap(answer.head()));
				socket.write(ByteBuffer.wrap(answer.body()));
				this.served++;
				frame = this.reader.read(bytes);
			}
		}
		catch (IOException ex) {
			// the client does not want it any more
		}
	}

	final void close() {
		this.connections.close();
	}

	final int served() {
		return this.served;
	}

	/** Return whether a request has left this client, or a part of one. */
	final boolean wasSent(MemorySocket socket) {
		return this.arrived || socket.available() > 0;
	}

	/** Nothing may be left. */
	final void checkThatAllIsOver(int calls) {
		checkThatNothingIsUnderWay(calls);
		close();
		this.server.close();
		assertThat(MemoryTransport.openSelectors()).as("the I/O thread closes its own")
			.isLessThanOrEqualTo((this.connections.io() != null) ? 1 : 0);
		assertThat(this.recorded).isEqualTo(calls);
	}

	final void checkThatNothingIsUnderWay(int calls) {
		this.callbacks.forEach(Runnable::run);
		assertThat(this.recorded).as("one outcome each").isEqualTo(calls);
		assertThat(this.connections.limiter().free()).as("permits").isEqualTo(2);
		assertThat(this.connections.limiter().hasWaiting()).isFalse();
		assertThat(this.connections.stats().requestsInFlight()).isZero();
		IoThread io = this.connections.io();
		if (io != null) {
			assertThat(io.asyncCalls()).isZero();
		}
	}

	@Override
	public void record(String route, Status status, long nanos) {
		this.recorded++;
	}

}
