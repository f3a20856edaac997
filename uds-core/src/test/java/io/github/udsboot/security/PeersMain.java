package io.github.udsboot.security;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * A server that says of each peer who it seems to be ({@code overflow} for 65534),
 * whether a list with the user 65534 allows it, one with the group 65534, and one with
 * the own user and root.
 */
public final class PeersMain {

	private PeersMain() {
	}

	/**
	 * Serve: the first line is a transport, the second a path, each further one accepts a
	 * peer.
	 * @param args none
	 */
	public static void main(String[] args) throws Exception {
		PrintStream answers = System.out;
		// for the log
		System.setOut(System.err);
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		answers.println("ready");
		String transport = commands.readLine();
		UdsAddress address = UdsAddress.of(commands.readLine());
		try (UdsServerSocket server = ChildJvm.transport(transport)
			.bind(address, new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 10))) {
			answers.println("bound");
			while (commands.readLine() != null) {
				try (UdsSocket socket = server.accept()) {
					answers.println(describe(socket.peerCredentials()));
				}
			}
		}
		catch (Exception ex) {
			answers.println(ex);
		}
	}

	private static String describe(PeerCredentials peer) throws IOException {
		PeerConnection connection = new PeerConnection("test", "/run/test.sock", peer);
		boolean overflow = peer.user()
			.equals(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("65534"));
		return (overflow ? "overflow" : peer.user().getName()) + " "
				+ AllowListPeerAuthorizer.of(List.of("65534"), List.of()).allows(peer) + " "
				+ AllowListPeerAuthorizer.of(List.of(), List.of("65534")).allows(peer) + " "
				+ PeerAuthorizer.ownUserAndRoot().isAuthorized(connection);
	}

}
