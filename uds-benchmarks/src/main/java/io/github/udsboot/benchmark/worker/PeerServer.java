package io.github.udsboot.benchmark.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

import io.github.udsboot.benchmark.load.AllocationCounter;
import io.github.udsboot.benchmark.peer.RunningServer;

/**
 * The process of a server in Java. It says where it listens, answers what it is asked on
 * its input, and ends with it.
 */
public final class PeerServer {

	/** Begins the line that gives the address. */
	public static final String READY = "ready ";

	/** Asks for the bytes that the process has allocated. */
	public static final String ALLOCATED = "allocated";

	/** Asks for a garbage collection, answered when it is done. */
	public static final String COLLECT = "collect";

	private PeerServer() {
	}

	/**
	 * Serve.
	 * @param args the peer's name and the path of the socket
	 * @throws IOException if the input cannot be read
	 */
	public static void main(String[] args) throws IOException {
		RunningServer server = Peers.named(args[0]).serve(args[1]);
		System.out.println(READY + server.address());
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		String line = input.readLine();
		while (line != null) {
			System.out.println(answer(line));
			line = input.readLine();
		}
		server.stop().run();
		// What a library left running must not keep the process
		System.exit(0);
	}

	private static String answer(String question) {
		return switch (question) {
			case ALLOCATED -> ALLOCATED + " " + AllocationCounter.allocatedBytes();
			case COLLECT -> {
				System.gc();
				yield COLLECT;
			}
			default -> throw new IllegalArgumentException("Unknown question '" + question + "'");
		};
	}

}
