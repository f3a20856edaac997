package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.jdk.JdkTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Directories in which users other than this one and root can replace the socket, such as
 * an {@code emptyDir} of Kubernetes: of root, with the mode 0777 or, with an
 * {@code fsGroup}, 2777.
 */
@Timeout(120)
class SharedDirectoryTests {

	private static final int FS_GROUP = 3000;

	private static final int SIDECAR = 2000;

	private static final String REFUSED = Reason.DIRECTORY_UNSAFE + " ";

	private final List<AutoCloseable> resources = new ArrayList<>();

	@TempDir
	private Path top;

	private Path directory;

	private Path socket;

	@BeforeEach
	void makeTheDirectory() throws IOException {
		mode(this.top, 0755);
		this.directory = Files.createDirectory(this.top.resolve("volume"));
		mode(this.directory, 0777);
		this.socket = this.directory.resolve("server.sock");
	}

	@AfterEach
	void closeEverything() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private static void mode(Path path, int mode) throws IOException {
		Files.setAttribute(path, "unix:mode", mode);
	}

	private void bind(Path socket, boolean allowShared) throws IOException {
		this.resources.add(0, new JdkTransport().bind(UdsAddress.of(socket), options(allowShared)));
	}

	private static BindOptions options(boolean allowShared) {
		return new BindOptions(BindOptions.DEFAULTS.permissions(), null, 10, allowShared, Duration.ZERO);
	}

	private BindFailedException assertRefused(Path socket) {
		return assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind(socket, false))
			.satisfies((ex) -> assertThat(ex.reason()).as(ex.getMessage()).isEqualTo(Reason.DIRECTORY_UNSAFE))
			.satisfies((ex) -> assertThat(ex.remedy()).contains("allow-shared-directory"))
			.actual();
	}

	private ChildJvm startContainer() throws IOException {
		TestUser.assumeRoot();
		ChildJvm child = ChildJvm.startAs(ChildJvm.NOBODY, FS_GROUP);
		this.resources.add(child);
		return child;
	}

	@Test
	void anEmptyDirIsRefusedWithAdviceThatAContainerCanFollow() throws IOException {
		ChildJvm container = startContainer();
		assertThat(container.ask("bind", "jdk", this.socket, "rw-------", 0)).startsWith(REFUSED)
			.contains("'" + this.directory + "'", "has the mode 777", "every user could replace the socket",
					"Let its owner 'root' take", "allow a shared directory (allow-shared-directory)");
		assertThat(this.directory).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void anEmptyDirIsAcceptedWhenThatIsAllowed(String transport) throws IOException {
		ChildJvm container = startContainer();
		assertThat(container.ask("share", transport, this.socket, "rw-------", "-")).isEqualTo("bound");
		assertThat(Files.getAttribute(this.socket, "unix:uid")).isEqualTo(ChildJvm.NOBODY);
		assertThat(container.ask("close")).isEqualTo("closed");
		assertThat(this.socket).doesNotExist();
	}

	@Test
	void aSidecarOfAnotherUserConnectsByTheGroupOfTheVolume() throws IOException {
		ChildJvm container = startContainer();
		Files.setAttribute(this.directory, "unix:gid", FS_GROUP);
		mode(this.directory, 02777);
		ChildJvm sidecar = ChildJvm.startAs(SIDECAR, FS_GROUP);
		this.resources.add(sidecar);
		for (String group : List.of("" + FS_GROUP, "-")) {
			assertThat(container.ask("share", "jdk", this.socket, "rw-rw----", group)).isEqualTo("bound");
			assertThat(Files.getAttribute(this.socket, "unix:gid")).isEqualTo(FS_GROUP);
			assertThat(sidecar.ask("connect", "jdk", this.socket)).isEqualTo("connected");
			assertThat(container.ask("close")).isEqualTo("closed");
		}
	}

	@Test
	void aDirectoryBelowAnEmptyDirIsMadeWhenThatIsAllowed() throws IOException {
		ChildJvm container = startContainer();
		Path below = this.directory.resolve("made/server.sock");
		assertThat(container.ask("bind", "jdk", below, "rw-------", 0)).startsWith(REFUSED)
			.contains("'" + this.directory + "'", "has the mode 777", "allow-shared-directory");
		assertThat(this.directory).as("nothing was made").isEmptyDirectory();
		assertThat(container.ask("share", "jdk", below, "rw-------", "-")).isEqualTo("bound");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(below.getParent())))
			.isEqualTo("rwx------");
	}

	@Test
	void aDirectoryOfOursThatOthersCanRenameIsShared() throws IOException {
		Path ours = Files.createDirectory(this.directory.resolve("ours"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		assertThat(assertRefused(ours.resolve("server.sock")))
			.hasMessageContaining("stands below '" + this.directory + "', which has the mode 777 and belongs to '"
					+ Files.getOwner(this.directory).getName() + "': every user could replace the socket");
		bind(ours.resolve("server.sock"), true);
	}

	@Test
	void aDirectoryThatOthersCannotReachIsNotShared() throws IOException {
		mode(this.top, 0700);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0755);
		bind(ours.resolve("server.sock"), false);
	}

	@Test
	void aDirectoryBelowAStickyOneIsNotShared() throws IOException {
		mode(this.directory, 01777);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0755);
		bind(ours.resolve("server.sock"), false);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0770, 0775, 02770, 02775 })
	void aDirectoryThatItsGroupCanWriteIsSharedWithTheGroup(int mode) throws IOException {
		TestUser.assumeRoot();
		Files.setAttribute(this.directory, "unix:gid", FS_GROUP);
		mode(this.directory, mode);
		BindFailedException refused = assertRefused(this.socket);
		assertThat(refused).hasMessageContaining("'" + this.directory + "'")
			.hasMessageContaining("has the mode " + Integer.toOctalString(mode) + " and belongs to 'root'")
			.hasMessageContaining("the members of its group '" + FS_GROUP + "' could replace the socket");
		assertThat(refused.remedy()).contains("chmod g-w '" + this.directory + "'");
		assertThat(this.directory).isEmptyDirectory();
		bind(this.socket, true);
	}

	@Test
	void aDirectoryBelowOneThatItsGroupCanWriteIsShared() throws IOException {
		TestUser.assumeRoot();
		Files.setAttribute(this.directory, "unix:gid", FS_GROUP);
		mode(this.directory, 0775);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0700);
		assertThat(assertRefused(ours.resolve("server.sock"))).hasMessageContaining(
				"stands below '" + this.directory + "', which has the mode 775 and belongs to 'root': the members");
		assertRefused(this.directory.resolve("made/server.sock"));
		assertThat(this.directory.resolve("made")).doesNotExist();
		bind(ours.resolve("server.sock"), true);
	}

	@Test
	void aStickyDirectoryIsNotSharedThoughItsGroupCanWrite() throws IOException {
		TestUser.assumeRoot();
		Files.setAttribute(this.directory, "unix:gid", FS_GROUP);
		mode(this.directory, 03775);
		bind(this.socket, false);
	}

	@Test
	void thePrivateGroupOfOurUserIsNobody() throws IOException {
		int gid = (int) Files.getAttribute(this.directory, "unix:gid");
		Assumptions.assumeTrue(PrivateGroup.ofSystem().isOf(gid, ProcessUser.uid()), "a private group is needed");
		mode(this.directory, 0775);
		bind(this.socket, false);
		mode(this.directory, 02775);
		assertRefused(this.directory.resolve("second.sock"));
	}

	@Test
	void aDirectoryBelowOneOfAnotherUserIsShared() throws IOException {
		TestUser.assumeRoot();
		mode(this.directory, 0755);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0700);
		TestUser.giveAway(this.directory);
		String owner = Files.getOwner(this.directory).getName();
		for (int mode : List.of(0755, 01777)) {
			mode(this.directory, mode);
			assertThat(assertRefused(ours.resolve("server.sock"))).hasMessageContaining(
					"stands below '" + this.directory + "', which has the mode " + Integer.toOctalString(mode)
							+ " and belongs to '" + owner + "', who could replace the socket");
		}
		bind(ours.resolve("server.sock"), true);
	}

	@Test
	void aDirectoryOfOursBelowRootsIsNotShared() throws IOException {
		ChildJvm container = startContainer();
		mode(this.directory, 0755);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0755);
		TestUser.giveAway(ours);
		assertThat(container.ask("bind", "jdk", ours.resolve("server.sock"), "rw-------", 0)).isEqualTo("bound");
	}

	@Test
	void aLinkOfAnotherUserIsShared() throws IOException {
		TestUser.assumeRoot();
		Path safe = Files.createDirectory(this.top.resolve("safe"));
		mode(safe, 0755);
		mode(this.directory, 01777);
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), safe);
		bind(link.resolve("first.sock"), false);
		TestUser.giveAway(link);
		assertThat(assertRefused(link.resolve("server.sock")))
			.hasMessageContaining("is reached by the link '" + link + "', which belongs to '"
					+ Files.getOwner(link, LinkOption.NOFOLLOW_LINKS).getName() + "', who could replace it");
		bind(link.resolve("server.sock"), true);
	}

	@Test
	void everyLinkOnTheWayIsLookedAt() throws IOException {
		Path safe = Files.createDirectory(this.top.resolve("safe"));
		mode(safe, 0755);
		Path open = Files.createSymbolicLink(this.directory.resolve("open"), safe);
		Path link = Files.createSymbolicLink(this.top.resolve("link"), open);
		assertThat(assertRefused(link.resolve("server.sock"))).hasMessageContaining("stands below '" + this.directory);
		Path relative = Files.createSymbolicLink(this.top.resolve("relative"), Path.of("./safe/../volume/open"));
		assertThat(assertRefused(relative.resolve("server.sock")))
			.hasMessageContaining("stands below '" + this.directory);
	}

	@Test
	void aLinkFromAClosedDirectoryToAnOpenOneIsShared() throws IOException {
		Path closed = Files.createDirectory(this.top.resolve("closed"));
		mode(closed, 0700);
		Path ours = Files.createDirectory(this.directory.resolve("ours"));
		mode(ours, 0755);
		Path link = Files.createSymbolicLink(closed.resolve("link"), ours);
		assertThat(assertRefused(link.resolve("server.sock"))).hasMessageContaining("stands below '" + this.directory);
	}

	@Test
	void aLinkThatOthersCanReplaceIsShared() throws IOException {
		Path safe = Files.createDirectory(this.top.resolve("safe"));
		mode(safe, 0755);
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), safe);
		assertThat(assertRefused(link.resolve("server.sock"))).hasMessageContaining("stands below '" + this.directory);
		bind(link.resolve("server.sock"), true);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whoCanReplaceTheSocketIsWarnedAboutOnce(CapturedOutput output) throws IOException {
		bind(this.socket, true);
		bind(this.directory.resolve("second.sock"), true);
		assertThat(output.toString().split("every user could replace the socket, in a pod every container", -1))
			.hasSize(2);
		assertThat(output).contains("'" + this.directory + "'", "has the mode 777", "allow-shared-directory");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void aDirectoryOfAnotherUserIsAcceptedWhenThatIsAllowed(CapturedOutput output) throws IOException {
		TestUser.assumeRoot();
		mode(this.directory, 0755);
		TestUser.giveAway(this.directory);
		String owner = Files.getOwner(this.directory, LinkOption.NOFOLLOW_LINKS).getName();
		assertThat(assertRefused(this.socket)).hasMessageContaining("belongs to '" + owner + "'");
		bind(this.socket, true);
		assertThat(output).contains("belongs to '" + owner + "', who could replace the socket");
	}

}
