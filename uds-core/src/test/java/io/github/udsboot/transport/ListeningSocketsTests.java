package io.github.udsboot.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the kernel's list of sockets says, and what it does not.
 */
class ListeningSocketsTests {

	@TempDir
	private Path directory;

	private ListeningSockets list(String... lines) throws IOException {
		Path file = this.directory.resolve("unix");
		Files.writeString(file, "Num       RefCount Protocol Flags    Type St Inode Path\n" + String.join("\n", lines),
				StandardCharsets.UTF_8);
		return new ListeningSockets(file);
	}

	@Test
	void socketThatListensIsFoundByItsName() throws IOException {
		ListeningSockets list = list("0000000000000000: 00000003 00000000 00000000 0001 03 12344",
				"0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/a b.sock",
				"0000000000000000: 00000002 00000000 00010000 0001 01     6 @name",
				"0000000000000000: 00000002 00000000 00010000 0001 01 12347 /run/你好.sock");
		assertThat(list.contains(UdsAddress.of("/run/a b.sock"))).isTrue();
		assertThat(list.contains(UdsAddress.of("@name"))).isTrue();
		assertThat(list.contains(UdsAddress.of("/run/你好.sock"))).isTrue();
		assertThat(list.contains(UdsAddress.of("/b.sock"))).isFalse();
		assertThat(list.contains(UdsAddress.of("/run/a"))).isFalse();
	}

	@Test
	void socketThatDoesNotListenOrKnowsNoStreamsIsNone() throws IOException {
		ListeningSockets list = list("0000000000000000: 00000003 00000000 00000000 0001 03 12345 /run/accepted.sock",
				"0000000000000000: 00000002 00000000 00010000 0005 01 12346 /run/packets.sock",
				"0000000000000000: 00000002 00000000 00000000 0002 01 12347 /run/datagrams.sock",
				"xyz xyz xyz xyz xyz xyz xyz /run/strange.sock");
		for (String name : new String[] { "accepted", "packets", "datagrams", "strange" }) {
			assertThat(list.contains(UdsAddress.of("/run/" + name + ".sock"))).as(name).isFalse();
		}
	}

	@Test
	void systemWithoutAListSaysNothing() {
		assertThat(new ListeningSockets(this.directory.resolve("none")).contains(UdsAddress.of("/run/a.sock")))
			.isFalse();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void listOfTheSystemHasASocketForAsLongAsItListens() throws IOException {
		Path path = this.directory.resolve("test.sock");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			assertThat(ListeningSockets.ofSystem().contains(UdsAddress.of(path))).isFalse();
			server.bind(UnixDomainSocketAddress.of(path));
			assertThat(ListeningSockets.ofSystem().contains(UdsAddress.of(path))).isTrue();
		}
		assertThat(path).exists();
		assertThat(ListeningSockets.ofSystem().contains(UdsAddress.of(path))).isFalse();
	}

}
