#!/usr/bin/env bash
# junixsocket 2.11.1 and Netty 4.2.17 (native epoll transport): a peer's credentials have a list of groups,
# AFUNIXSocketCredentials.getGids() and PeerCredentials.gids(), but on Linux it holds the primary group only, whatever
# supplementary groups the peer has. Both ask for SO_PEERCRED, which knows no more; the kernel tells the others by
# SO_PEERGROUPS (since 4.13), which neither asks for.
#
# Why it matters: "is one of the gids in the allowed group" compiles, works on macOS and BSD, and refuses on Linux every
# user who was added to the group in the usual way (usermod -aG). The mode of a socket file with that group lets the same
# user in.
#
# Seen on Linux 6.18, x86_64, JDK 17 and 25. Needs a JDK, python3, and root (to have groups of its choice).
set -euo pipefail
if [ "$(id -u)" != 0 ]; then
    echo "Run this as root: the peer needs groups of its own" >&2
    exit 2
fi
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

copy() {
    "$project/mvnw" -B -ntp -q -f "$project/pom.xml" -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact="$1" -DoutputDirectory="$work"
}
for artifact in junixsocket-common junixsocket-native-common; do
    copy "com.kohlschutter.junixsocket:$artifact:2.11.1"
done
for artifact in netty-common netty-buffer netty-resolver netty-transport netty-transport-native-unix-common \
    netty-transport-classes-epoll; do
    copy "io.netty:$artifact:4.2.17.Final"
done
copy "io.netty:netty-transport-native-epoll:4.2.17.Final:jar:linux-x86_64"

cat > "$work/peer.py" << 'PYTHON'
import os, socket, struct, sys
os.setgroups([3001, 3002, 3003])
os.setgid(3000)
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.recv(1)
PYTHON

cat > "$work/kernel.py" << 'PYTHON'
import os, socket, struct, subprocess, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
peer = subprocess.Popen([sys.executable, sys.argv[2], sys.argv[1]])
c, _ = s.accept()
SO_PEERGROUPS = 59
groups = c.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, 64)
print("the kernel:  gid", struct.unpack("3i", c.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[2],
      "groups", list(struct.unpack(f"{len(groups) // 4}I", groups)))
c.close()
peer.wait()
PYTHON

cat > "$work/PeerGroups.java" << 'JAVA'
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

public class PeerGroups {

	private static String[] arguments;

	public static void main(String[] args) throws Exception {
		arguments = args;
		String junixsocket = junixsocket(Path.of(args[0], "junixsocket"));
		System.out.println("junixsocket: gids " + junixsocket);
		String netty = netty(Path.of(args[0], "netty"));
		System.out.println("Netty:       gids " + netty);
		System.exit((junixsocket.equals("[3000]") && netty.equals("[3000]")) ? 0 : 1);
	}

	private static Process connect(Path path) throws Exception {
		return new ProcessBuilder("python3", arguments[0] + "/peer.py", path.toString()).inheritIO().start();
	}

	private static String junixsocket(Path path) throws Exception {
		try (AFUNIXServerSocketChannel server = AFUNIXServerSocketChannel.open()) {
			server.bind(AFUNIXSocketAddress.of(path));
			connect(path);
			try (AFUNIXSocketChannel peer = server.accept()) {
				return Arrays.toString(peer.getPeerCredentials().getGids());
			}
		}
	}

	private static String netty(Path path) throws Exception {
		EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
		CompletableFuture<String> groups = new CompletableFuture<>();
		new ServerBootstrap().group(loops)
			.channel(EpollServerDomainSocketChannel.class)
			.childHandler(new ChannelInboundHandlerAdapter() {

				@Override
				public void channelActive(ChannelHandlerContext context) throws Exception {
					groups.complete(
							Arrays.toString(((EpollDomainSocketChannel) context.channel()).peerCredentials().gids()));
					context.close();
				}

			})
			.bind(new DomainSocketAddress(path.toFile()))
			.sync();
		connect(path);
		return groups.get(10, TimeUnit.SECONDS);
	}

}
JAVA
python3 "$work/kernel.py" "$work/kernel" "$work/peer.py" | tee "$work/kernel.txt"
grep -q "gid 3000 groups \[3001, 3002, 3003\]" "$work/kernel.txt"
java -cp "$work/*" "$work/PeerGroups.java" "$work"
