#!/usr/bin/env bash
# JDK 17.0.15 and 25.0.3: a selector tells a SocketChannel that is connected already, and is registered for OP_CONNECT, as
# connectable when its peer has closed the socket, and not when its peer has only ended its output. One would guess that
# the registration is refused, as with OP_ACCEPT, or that such a key is never ready.
#
# Why it matters: a server that owes an answer and does not read (the input has ended, or too much waits) cannot tell a peer that
# has half-closed and waits for its answers from one that is gone: read() returns -1 for both, and the selector has no
# interest for a hang-up. This one is it, without reading and without writing. junixsocket 2.11.1 tells it in another way
# (junixsocket-selector-hangup.sh). The price: a blocking select() with such a key returns at once each time, with no key, as the
# kernel calls the socket writable. So ask with selectNow(), in a selector made for it.
#
# Seen on Linux 6.18, x86_64. Needs a JDK only, the one of JAVA_HOME or `java`; nothing is installed.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

cat > "$work/Connectable.java" << 'JAVA'
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

public class Connectable {

	public static void main(String[] args) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(Path.of(args[0], "s.sock"));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address);
			SocketChannel peer = SocketChannel.open(address);
			try (SocketChannel accepted = server.accept(); Selector selector = Selector.open()) {
				accepted.configureBlocking(false);
				SelectionKey key = accepted.register(selector, SelectionKey.OP_CONNECT);
				boolean open = isReady(selector, key, "the peer is connected");
				peer.write(ByteBuffer.wrap(new byte[] { 1 }));
				boolean sent = isReady(selector, key, "the peer has sent a byte");
				long begun = System.nanoTime();
				int keys = selector.select(500);
				long millis = (System.nanoTime() - begun) / 1_000_000;
				System.out.println("select(500) returns " + keys + " keys after " + (millis < 250 ? "less" : "more")
						+ " than 250 ms");
				peer.shutdownOutput();
				boolean halfClosed = isReady(selector, key, "the peer has ended its output");
				peer.close();
				boolean closed = isReady(selector, key, "the peer has closed");
				boolean asSeen = !open && !sent && keys == 0 && millis < 250 && !halfClosed && closed
						&& key.isConnectable() && accepted.isConnected();
				System.exit(asSeen ? 0 : 1);
			}
		}
	}

	private static boolean isReady(Selector selector, SelectionKey key, String when) throws Exception {
		selector.selectedKeys().clear();
		selector.selectNow();
		boolean ready = selector.selectedKeys().contains(key);
		System.out.println(when + ": " + (ready ? "connectable" : "not ready"));
		return ready;
	}

}
JAVA

"$java" -version 2>&1 | head -1
if ! "$java" "$work/Connectable.java" "$work"; then
    echo "it behaves differently now" >&2
    exit 1
fi

# Output:
#   openjdk version "25.0.3" 2026-04-21 LTS
#   the peer is connected: not ready
#   the peer has sent a byte: not ready
#   select(500) returns 0 keys after less than 250 ms
#   the peer has ended its output: not ready
#   the peer has closed: connectable
