package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.testsupport.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A member of the group of a shared directory, who puts links in place of the private
 * directory all the time while sockets are bound there.
 */
@Timeout(300)
class SwappedDirectoryTests {

	private static final int GROUP = 3000;

	private static final int BINDS = 100;

	private static final int SWAPS = 10;

	@TempDir
	private Path top;

	@Test
	void noFileOfOursGetsTheModeOrTheGroup() throws IOException {
		TestUser.assumeRoot();
		Files.setAttribute(this.top, "unix:mode", 0755);
		Path shared = Files.createDirectory(this.top.resolve("shared"));
		Files.setAttribute(shared, "unix:gid", GROUP);
		Files.setAttribute(shared, "unix:mode", 0775);
		Path ours = Files.createDirectory(this.top.resolve("ours"));
		Path precious = Files.writeString(ours.resolve("s"), "precious");
		Files.setPosixFilePermissions(precious, PosixFilePermissions.fromString("rw-------"));
		UdsAddress address = UdsAddress.of(shared.resolve("server.sock"));
		Path inside = PrivateDirectory.beside(address, address.path()).socket().getParent();
		BindOptions options = new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), "" + GROUP, 10, true,
				java.time.Duration.ZERO);
		UdsTransport transport = ChildJvm.transport("jdk");
		try (ChildJvm member = ChildJvm.startAs(ChildJvm.NOBODY, GROUP)) {
			member.ask("swap", inside, ours);
			int bound = 0;
			for (int round = 0; round < BINDS || swaps(member) < SWAPS; round++) {
				try (UdsServerSocket server = transport.bind(address, options)) {
					assertThat(server.address()).isEqualTo(address);
					bound++;
				}
				catch (BindFailedException ex) {
					// The member can keep us from binding, and no more
				}
				assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(precious)))
					.as("round " + round + ", bound " + bound)
					.isEqualTo("rw-------");
				assertThat(Files.getAttribute(precious, "unix:gid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(0);
			}
			assertThat(precious).hasContent("precious");
		}
	}

	private static long swaps(ChildJvm member) {
		return Long.parseLong(member.ask("successes"));
	}

}
