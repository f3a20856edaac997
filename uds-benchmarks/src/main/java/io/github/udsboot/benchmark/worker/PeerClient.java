package io.github.udsboot.benchmark.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

import io.github.udsboot.benchmark.load.CallersLoad;
import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.InFlightLoad;
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

	private PeerClient() {
	}

	/**
	 * Run loads.
	 * @param args the peer's name and the address of the server
	 * @throws IOException if the input cannot be read
	 * @throws InterruptedException never
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Peer peer = Peers.named(args[0]);
		System.out.println(PeerServer.READY + args[1]);
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		String line = input.readLine();
		while (line != null) {
			System.out.println(run(Load.parse(line), peer, args[1]));
			line = input.readLine();
		}
		// What a library left running must not keep the process
		System.exit(0);
	}

	private static String run(Load load, Peer peer, String address) throws InterruptedException {
		try (EchoClient client = peer.connect(address, load.connections())) {
			LoadResult result = (load.depth() > 1) ? InFlightLoad.run(load, client) : CallersLoad.run(load, client);
			return result.toString();
		}
		catch (RuntimeException ex) {
			ex.printStackTrace();
			return FAILED + ex;
		}
	}

}
