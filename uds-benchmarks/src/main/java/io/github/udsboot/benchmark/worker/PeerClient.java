package io.github.udsboot.benchmark.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.benchmark.load.CallersLoad;
import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.InFlightLoad;
import io.github.udsboot.benchmark.load.ItemsLoad;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.peer.Peer;

/**
 * The process of a client in Java. It runs the loads on its input, one a line, each with
 * a new client, and says what came of them.
 */
public final class PeerClient {

	/** Begins the line that says why a load failed. */
	public static final String FAILED = "failed ";

	/** Asks for a client that connects, calls once and then does nothing. */
	public static final String HOLD = "hold";

	/** Asks for the end of that client. */
	public static final String RELEASE = "release";

	private final Peer peer;

	private final String address;

	private @Nullable EchoClient held;

	private PeerClient(Peer peer, String address) {
		this.peer = peer;
		this.address = address;
	}

	/**
	 * Run loads.
	 * @param args the peer's name and the address of the server
	 * @throws IOException if the input cannot be read
	 * @throws InterruptedException never
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		PeerClient client = new PeerClient(Peers.named(args[0]), args[1]);
		System.out.println(PeerServer.READY + args[1]);
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		String line = input.readLine();
		while (line != null) {
			System.out.println(client.answer(line));
			line = input.readLine();
		}
		// What a library left running must not keep the process
		System.exit(0);
	}

	private String answer(String line) throws InterruptedException {
		return switch (line) {
			case HOLD -> {
				this.held = this.peer.connect(this.address, 0);
				this.held.echo(new byte[0]);
				yield HOLD;
			}
			case RELEASE -> {
				release();
				yield RELEASE;
			}
			default -> run(Load.parse(line));
		};
	}

	private void release() {
		if (this.held != null) {
			this.held.close();
			this.held = null;
		}
	}

	private String run(Load load) throws InterruptedException {
		try (EchoClient client = this.peer.connect(this.address, load.connections())) {
			tellWhenCounting(load);
			return run(load, client).toString();
		}
		catch (RuntimeException ex) {
			ex.printStackTrace();
			return FAILED + ex;
		}
	}

	private static LoadResult run(Load load, EchoClient client) throws InterruptedException {
		if (load.kind() != Load.Kind.CALLS) {
			return ItemsLoad.run(load, client);
		}
		return (load.depth() > 1) ? InFlightLoad.run(load, client) : CallersLoad.run(load, client);
	}

	private static void tellWhenCounting(Load load) {
		Thread clock = new Thread(() -> {
			try {
				Thread.sleep(load.warmUp().toMillis());
				System.out.println(LoadResult.COUNTING);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "clock");
		clock.setDaemon(true);
		clock.start();
	}

}
