#!/usr/bin/env bash
# junixsocket 2.11.1 (Maven artifacts junixsocket-common and junixsocket-native-common): a blocking AFUNIXSocketChannel
# whose socket has a timeout (setSoTimeout) returns -1 from read when the timeout passes. That is how a channel says that
# the peer has closed, but it has not: the channel stays open, and the next read returns what the peer sends. The stream of
# the same socket throws SocketTimeoutException, as java.net documents.
#
# Why it matters: a loop that reads to the end, such as one around read(buffer) != -1, takes a slow peer for one that has
# finished, and half an answer for a whole one. A channel of junixsocket needs another kind of timeout: a selector, or a
# watchdog that closes it.
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

cat > "$work/ReadTimeout.java" << 'JAVA'
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

public class ReadTimeout {

	public static void main(String[] args) throws Exception {
		Path path = Path.of(args[0], "s");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
			try (AFUNIXSocketChannel client = AFUNIXSocketChannel.open()) {
				client.connect(AFUNIXSocketAddress.of(path.toFile()));
				try (SocketChannel peer = server.accept()) {
					client.socket().setSoTimeout(200);
					ByteBuffer buffer = ByteBuffer.allocateDirect(16);
					String stream = "no timeout";
					try {
						client.socket().getInputStream().read();
					}
					catch (SocketTimeoutException ex) {
						stream = "SocketTimeoutException";
					}
					System.out.println("stream, nothing comes: " + stream);
					int first = client.read(buffer);
					System.out.println("channel, nothing comes: " + first + ", open: " + client.isOpen());
					peer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
					int second = client.read(buffer);
					System.out.println("channel, three bytes come: " + second);
					boolean asSeen = stream.equals("SocketTimeoutException") && first == -1 && second == 3;
					System.exit(asSeen ? 0 : 1);
				}
			}
		}
	}

}
JAVA
java -cp "$work/*" "$work/ReadTimeout.java" "$work"
