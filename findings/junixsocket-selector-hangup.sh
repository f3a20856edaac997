#!/usr/bin/env bash
# junixsocket 2.11.1 (Maven artifacts junixsocket-common and junixsocket-native-common): when a peer writes and then
# closes, so that data and hang-up are there together, the AFUNIXSelectionKey is selected and isValid() returns false,
# although nothing has cancelled the key or closed the channel. The data waits: the channel reads it, and then -1. The
# JDK's selector gives a valid key in the same situation.
#
# Why it matters: the usual loop, "if (key.isValid() && key.isReadable()) read", never reads the last message of a peer
# that says goodbye and closes. It has to read to the end when a key has become invalid by itself.
#
# Seen on Linux 6.18, x86_64, JDK 17 and 25. Needs a JDK.
set -euo pipefail
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

for artifact in junixsocket-common junixsocket-native-common; do
    "$project/mvnw" -q -f "$project/pom.xml" -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact="com.kohlschutter.junixsocket:$artifact:2.11.1" -DoutputDirectory="$work"
done

cat > "$work/SelectorHangup.java" << 'JAVA'
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

public class SelectorHangup {

	public static void main(String[] args) throws Exception {
		Path path = Path.of(args[0], "s");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
			String jdk = farewell(server, SocketChannel.open(StandardProtocolFamily.UNIX),
					UnixDomainSocketAddress.of(path));
			System.out.println("JDK:         " + jdk);
			String junixsocket = farewell(server, AFUNIXSocketChannel.open(),
					AFUNIXSocketAddress.of(path.toFile()));
			System.out.println("junixsocket: " + junixsocket);
			boolean asSeen = jdk.equals("1 key, valid; read 8, then -1")
					&& junixsocket.equals("1 key, invalid; read 8, then -1");
			System.exit(asSeen ? 0 : 1);
		}
	}

	private static String farewell(ServerSocketChannel server, SocketChannel client, SocketAddress address)
			throws Exception {
		try (client; Selector selector = client.provider().openSelector()) {
			client.connect(address);
			SocketChannel peer = server.accept();
			client.configureBlocking(false);
			SelectionKey key = client.register(selector, SelectionKey.OP_READ);
			peer.write(ByteBuffer.wrap("farewell".getBytes()));
			peer.close();
			int selected = selector.select(1000);
			String state = (key.isValid() ? "valid" : "invalid") + (selector.keys().contains(key) ? "" : " and gone");
			ByteBuffer buffer = ByteBuffer.allocateDirect(16);
			int first = client.read(buffer);
			return selected + " key, " + state + "; read " + first + ", then " + client.read(buffer);
		}
	}

}
JAVA
java -cp "$work/*" "$work/SelectorHangup.java" "$work"
