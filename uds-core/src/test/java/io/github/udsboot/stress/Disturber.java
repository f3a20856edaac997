package io.github.udsboot.stress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * Does to a round what its plan says, on one thread.
 */
final class Disturber implements Runnable {

	/** Unlike those of calls. */
	private static final long FIRST_ID = 1L << 62;

	private final RoundPlan plan;

	private final StressServer server;

	private final CallLedger ledger;

	private final AtomicReferenceArray<StressClient> clients;

	private final List<Thread> callers;

	private final Random random;

	private final FrameWriter writer = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS);

	private final List<SocketChannel> stalled = new ArrayList<>();

	private volatile boolean over;

	private volatile boolean ended;

	private volatile String doing = "nothing";

	private long nextId = FIRST_ID;

	volatile int restarts;

	volatile int forced;

	volatile int peers;

	volatile int interrupts;

	volatile int closed;

	Disturber(RoundPlan plan, StressServer server, CallLedger ledger, AtomicReferenceArray<StressClient> clients,
			List<Thread> callers) {
		this.plan = plan;
		this.server = server;
		this.ledger = ledger;
		this.clients = clients;
		this.callers = callers;
		this.random = new Random(~plan.seed());
	}

	void stop() {
		this.over = true;
	}

	boolean isEnded() {
		return this.ended;
	}

	String doing() {
		return this.doing;
	}

	@Override
	public void run() {
		List<Disturbance> kinds = List.copyOf(this.plan.disturbances());
		try {
			while (!this.over && !kinds.isEmpty()) {
				Disturbance kind = kinds.get(this.random.nextInt(kinds.size()));
				this.doing = kind.name();
				disturb(kind);
			}
		}
		catch (Throwable ex) {
			this.ledger.fault("The disturbance " + this.doing + " has failed: " + ex + ' '
					+ java.util.Arrays.toString(ex.getStackTrace()));
		}
		this.stalled.forEach(Disturber::close);
		this.doing = "nothing";
		this.ended = true;
	}

	private void disturb(Disturbance kind) {
		switch (kind) {
			case PEERS -> {
				for (int i = 0; i < 5; i++) {
					peer();
					Threads.sleep(this.random.nextInt(10));
				}
				if (this.random.nextInt(4) == 0) {
					saturate();
				}
			}
			case RESTART -> {
				restart();
				Threads.sleep(50 + this.random.nextInt(300));
			}
			case FORCED -> {
				this.forced++;
				restart();
				Threads.sleep(50 + this.random.nextInt(300));
			}
			case INTERRUPT -> {
				for (int i = 0; i < 20; i++) {
					this.callers.get(this.random.nextInt(this.callers.size())).interrupt();
					this.interrupts++;
					Threads.sleep(this.random.nextInt(5));
				}
			}
			case CLOSE -> {
				int number = this.random.nextInt(this.clients.length());
				StressClient old = this.clients.getAndSet(number, new StressClient(this.server, this.plan));
				old.close();
				this.closed++;
				Threads.sleep(100 + this.random.nextInt(300));
			}
		}
	}

	/** The options that count at a stop are those of the start before. */
	private void restart() {
		UdsListenerContainer container = this.server.all().get(this.random.nextInt(this.server.all().size()));
		boolean force = this.plan.disturbances().contains(Disturbance.FORCED)
				&& (!this.plan.disturbances().contains(Disturbance.RESTART) || this.random.nextBoolean());
		container.stop();
		Duration drain = force ? Duration.ZERO : StressServer.DRAIN;
		container.getOptions().setDrainTimeout(drain);
		container.getOptions().setDrainStreamTimeout(drain);
		Threads.sleep(this.random.nextInt(4) * 20);
		container.start();
		this.restarts++;
	}

	private void peer() {
		SocketChannel channel = null;
		boolean keep = false;
		try {
			channel = SocketChannel.open(UnixDomainSocketAddress.of(this.server.path("calls")));
			this.peers++;
			channel.configureBlocking(false);
			switch (this.random.nextInt(7)) {
				case 0 -> {
					// hangs up at once
				}
				case 1 -> {
					byte[] frame = request("inline", 200);
					channel.write(ByteBuffer.wrap(frame, 0, 1 + this.random.nextInt(frame.length - 1)));
				}
				case 2 -> {
					byte[] garbage = new byte[64];
					this.random.nextBytes(garbage);
					channel.write(ByteBuffer.wrap(garbage));
				}
				case 3 -> {
					// asks for more than it will ever read
					for (int i = 0; i < 20; i++) {
						channel.write(ByteBuffer.wrap(request("inline", 30_000)));
					}
					keep = true;
				}
				case 4 -> {
					channel.write(ByteBuffer.wrap(request("pool", 100)));
					channel.write(ByteBuffer.wrap(request("later", 100)));
				}
				case 5 -> {
					byte[] streams = join(IntStream.range(0, 32)
						.mapToObj((i) -> request("endless", 0, RequestFrame.Kind.STREAM))
						.toList());
					read(channel, streams, 30);
				}
				default -> {
					// says nothing and stays
					keep = true;
				}
			}
		}
		catch (IOException ex) {
			// the listener is away at the moment, or has had enough of this peer
		}
		finally {
			if (keep) {
				this.stalled.add(channel);
			}
			else if (channel != null) {
				close(channel);
			}
		}
		while (this.stalled.size() > 20) {
			close(this.stalled.remove(0));
		}
	}

	/** A peer that asks on and on, and reads what it gets. */
	private void saturate() {
		List<SocketChannel> channels = new ArrayList<>();
		try {
			for (int i = 0; i < 3; i++) {
				SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(this.server.path("calls")));
				channels.add(channel);
				channel.configureBlocking(false);
				this.peers++;
			}
			ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
			List<ByteBuffer> out = new ArrayList<>(Collections.nCopies(channels.size(), ByteBuffer.allocate(0)));
			long end = System.nanoTime() + 200_000_000;
			while (System.nanoTime() - end < 0) {
				for (int i = 0; i < channels.size(); i++) {
					if (!out.get(i).hasRemaining()) {
						out.set(i, ByteBuffer
							.wrap(join(IntStream.range(0, 100).mapToObj((n) -> request("inline", 64)).toList())));
					}
					channels.get(i).write(out.get(i));
					channels.get(i).read(in.clear());
				}
			}
		}
		catch (IOException ex) {
			// the listener is away at the moment
		}
		channels.forEach(Disturber::close);
	}

	/** Write, and read for a while. */
	private static void read(SocketChannel channel, byte[] bytes, long millis) throws IOException {
		ByteBuffer out = ByteBuffer.wrap(bytes);
		ByteBuffer in = ByteBuffer.allocate(64 << 10);
		long end = System.nanoTime() + millis * 1_000_000;
		while (System.nanoTime() - end < 0) {
			channel.write(out);
			channel.read(in.clear());
		}
	}

	private static byte[] join(List<byte[]> parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		parts.forEach(bytes::writeBytes);
		return bytes.toByteArray();
	}

	private byte[] request(String route, int size) {
		return request(route, size, RequestFrame.Kind.UNARY);
	}

	private byte[] request(String route, int size, RequestFrame.Kind kind) {
		long id = this.nextId++;
		byte[] payload = (size == 0) ? new byte[0] : Operation.item(id, 0, 0, 0, size, id);
		EncodedFrame frame = this.writer
			.encode(new RequestFrame((id - FIRST_ID) * 2 + 1, route, payload, 0, Map.of(), kind));
		byte[] head = frame.head();
		byte[] body = frame.body();
		return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
	}

	private static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			// it is of no use any more
		}
	}

}
