package io.github.udsboot.benchmark.peer;

import io.github.udsboot.benchmark.load.EchoClient;

/**
 * A technology that is measured.
 */
public interface Peer {

	/**
	 * Start an echo server in this process.
	 * @param address the path of the socket to bind
	 * @return the running server
	 */
	RunningServer serve(String address);

	/**
	 * Make a client in this process.
	 * @param address the address that the server gave
	 * @param connections over how many connections to call, 0 for the technology's own
	 * default; those that cannot be told use their default
	 * @return the client
	 */
	EchoClient connect(String address, int connections);

}
