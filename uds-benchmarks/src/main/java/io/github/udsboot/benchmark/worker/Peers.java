package io.github.udsboot.benchmark.worker;

import io.github.udsboot.benchmark.peer.Peer;
import io.github.udsboot.benchmark.peer.grpc.GrpcPeer;
import io.github.udsboot.benchmark.peer.http.HttpPeer;
import io.github.udsboot.benchmark.peer.rsocket.RSocketPeer;
import io.github.udsboot.benchmark.peer.uds.UdsPeer;

/**
 * The technologies in Java by their names on the command line of a process.
 */
final class Peers {

	private Peers() {
	}

	static Peer named(String name) {
		return switch (name) {
			case "uds" -> new UdsPeer();
			case "uds-no-poll" -> new UdsPeer("uds.listener.busy-poll=off", "uds.client.busy-poll=off");
			case "uds-virtual" -> new UdsPeer("spring.threads.virtual.enabled=true");
			case "uds-secured" -> UdsPeer.secured();
			case "uds-crowd" -> new UdsPeer("uds.listener.max-connections=20000");
			case "grpc" -> new GrpcPeer(false);
			case "grpc-direct" -> new GrpcPeer(true);
			case "rsocket" -> new RSocketPeer();
			case "http" -> new HttpPeer();
			default -> throw new IllegalArgumentException("There is no peer '" + name + "'");
		};
	}

}
