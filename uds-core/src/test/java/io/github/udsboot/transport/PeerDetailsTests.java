package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerProcess;
import io.github.udsboot.security.AllowListPeerAuthorizer;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.ForeignProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is found out about processes of other users, on both transports.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class PeerDetailsTests {

	private static final UserPrincipalLookupService LOOKUP = FileSystems.getDefault().getUserPrincipalLookupService();

	/** Whom distributions give a number, and a first group with another number. */
	private static final String USER = "games";

	private static final String[] UNKNOWN_USER = { "setpriv", "--reuid=12345", "--regid=12346" };

	private final boolean tellsTheProcess;

	private final UdsTransport transport;

	@TempDir
	private Path directory;

	private Path path;

	private UdsServerSocket server;

	private ForeignProcess process;

	PeerDetailsTests(TransportType type) {
		this.tellsTheProcess = type == TransportType.JUNIXSOCKET;
		this.transport = UdsTransports.select(type, UdsAddress.of("/any"));
	}

	@BeforeEach
	void bind() throws Exception {
		TestUser.assumeRoot();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.path = this.directory.resolve("s");
		this.server = this.transport.bind(UdsAddress.of(this.path),
				new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 10));
	}

	@AfterEach
	void endProcess() {
		if (this.process != null) {
			this.process.exit();
		}
	}

	@AfterEach
	void close() {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void groupsAreThoseOfTheProcessWhereItIsKnown() throws IOException {
		try (UdsSocket socket = connect(UNKNOWN_USER, "--groups=0,7,4000000000")) {
			PeerCredentials peer = socket.peerCredentials();
			for (long group : new long[] { 0, 7, 4_000_000_000L }) {
				assertThat(peer.isInGroup(group)).isEqualTo(this.tellsTheProcess);
			}
			assertThat(peer.isInGroup(8)).isFalse();
			Set<GroupPrincipal> all = this.tellsTheProcess
					? Set.of(group("12346"), group("0"), group("7"), group("-294967296")) : Set.of(group("12346"));
			assertThat(peer.groups()).isEqualTo(all);
			assertThat(names(peer).contains("root")).isEqualTo(this.tellsTheProcess);
			assertThat(AllowListPeerAuthorizer.of(List.of(), List.of("root")).allows(peer))
				.isEqualTo(this.tellsTheProcess);
			PeerProcess found = peer.process();
			assertThat((found != null) ? found.pid() : -1).isEqualTo(this.tellsTheProcess ? this.process.pid() : -1);
		}
	}

	@Test
	void groupsAreThoseOfTheUserWhereTheProcessIsNotKnown() throws Exception {
		String first = groupOfUser();
		try (UdsSocket socket = connect(new String[] { "setpriv", "--reuid=" + USER, "--regid=12345" },
				"--clear-groups")) {
			assertThat(socket.peerCredentials().groups().contains(group(first))).isNotEqualTo(this.tellsTheProcess);
			PeerCredentials exited = socket.peerCredentials();
			this.process.exit();
			assertThat(exited.process()).isNull();
			assertThat(exited.user().getName()).isEqualTo(USER);
			assertThat(exited.groups()).contains(group(first), group("12345"));
			assertThat(AllowListPeerAuthorizer.of(List.of(), List.of(first)).allows(exited)).isTrue();
		}
	}

	@Test
	void whatWasFoundOutOnceIsKept() throws IOException {
		try (UdsSocket socket = connect(UNKNOWN_USER, "--groups=1,7")) {
			PeerCredentials peer = socket.peerCredentials();
			Set<GroupPrincipal> groups = peer.groups();
			PeerProcess found = peer.process();
			this.process.exit();
			assertThat(peer.groups()).isEqualTo(groups);
			assertThat(peer.process()).isEqualTo(found);
			assertThat(found != null).isEqualTo(this.tellsTheProcess);
		}
	}

	/** Where the transport does not tell the process, it is not taken for it either. */
	@Test
	void processThatHasGotTheIdOfThePeerIsNotThePeer() throws IOException {
		try (UdsSocket socket = connect(UNKNOWN_USER, "--clear-groups")) {
			PeerCredentials peer = socket.peerCredentials();
			Instant accepted = Instant.now();
			this.process.exit();
			// The kernel tells starts in hundredths of a second
			Eventually.await("a little time has passed",
					() -> Duration.between(accepted, Instant.now()).toMillis() > 100);
			this.process = ForeignProcess.startWithPid(this.process.pid(), 12345, 12346);
			assertThat(peer.process()).isNull();
			assertThat(peer.groups()).containsExactly(group("12346"));
			assertThat(peer.isInGroup(1)).isFalse();
		}
	}

	@Test
	void processMayBeInThousandsOfGroups() throws IOException {
		String groups = IntStream.range(20_000, 25_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
		try (UdsSocket socket = connect(UNKNOWN_USER, "--groups=" + groups)) {
			PeerCredentials peer = socket.peerCredentials();
			assertThat(peer.isInGroup(20_000)).isEqualTo(this.tellsTheProcess);
			assertThat(peer.isInGroup(24_999)).isEqualTo(this.tellsTheProcess);
			assertThat(peer.isInGroup(25_000)).isFalse();
			assertThat(peer.groups()).hasSize(this.tellsTheProcess ? 5001 : 1);
			assertThat(AllowListPeerAuthorizer.of(List.of(), List.of("24999")).allows(peer))
				.isEqualTo(this.tellsTheProcess);
		}
	}

	@Test
	void processInAllGroupsThatTheKernelPermitsHasThoseOfItsUser() throws IOException {
		this.process = ForeignProcess.startWithGroups(this.path, 65_536);
		try (UdsSocket socket = accept()) {
			PeerCredentials peer = socket.peerCredentials();
			assertThat(peer.isInGroup(100_000)).isFalse();
			assertThat(peer.groups()).containsExactly(group("12345"));
			assertThat(peer.process() != null).isEqualTo(this.tellsTheProcess);
		}
	}

	@Test
	void rootOfAUserNamespaceIsTheUserThatMadeIt() throws IOException {
		for (String option : List.of("-U", "-Ur")) {
			try (UdsSocket socket = connect(UNKNOWN_USER, "--clear-groups", "unshare", option)) {
				PeerCredentials peer = socket.peerCredentials();
				assertThat(peer.user()).isEqualTo(LOOKUP.lookupPrincipalByName("12345"));
				assertThat(peer.groups()).containsExactly(group("12346"));
				assertThat(AllowListPeerAuthorizer.of(List.of("root", "nobody"), List.of("root", "65534")).allows(peer))
					.isFalse();
				assertThat(AllowListPeerAuthorizer.of(List.of("12345"), List.of()).allows(peer)).isTrue();
				PeerProcess found = peer.process();
				assertThat((found != null) ? found.pid() : -1)
					.isEqualTo(this.tellsTheProcess ? this.process.pid() : -1);
			}
		}
	}

	@Test
	void unitAndContainerAreThoseOfTheControlGroup() throws IOException {
		Path root = controlGroups();
		String id = "0123456789abcdef".repeat(4);
		Path slice = root.resolve("uds-test-" + ProcessHandle.current().pid() + ".slice");
		Path unit = slice.resolve("uds-test.service");
		Path below = unit.resolve("sshd.service");
		Path container = below.resolve("libpod-" + id + ".scope");
		try (UdsSocket socket = connect(UNKNOWN_USER, "--clear-groups")) {
			try {
				Files.createDirectories(container);
				Files.writeString(container.resolve("cgroup.procs"), "" + this.process.pid());
			}
			catch (IOException ex) {
				Assumptions.abort("control groups cannot be changed here: " + ex);
			}
			assertThat(socket.peerCredentials().process()).isEqualTo(
					this.tellsTheProcess ? new PeerProcess(this.process.pid(), "uds-test.service", null, id) : null);
		}
		finally {
			this.process.exit();
			for (Path group : List.of(container, below, unit, slice)) {
				Files.deleteIfExists(group);
			}
		}
	}

	/** In the order in which they are looked at. */
	private static Path controlGroups() {
		return Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")
			.map(Path::of)
			.filter((root) -> Files.isWritable(root.resolve("cgroup.procs")))
			.findFirst()
			.orElseGet(() -> Assumptions.abort("there are no control groups to write to"));
	}

	private static String groupOfUser() throws IOException {
		for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
			if (line.startsWith(USER + ":")) {
				return line.split(":")[3];
			}
		}
		return Assumptions.abort("there is no user " + USER);
	}

	/** Start a process that connects, and return the connection. */
	private UdsSocket connect(String[] prefix, String... more) throws IOException {
		endProcess();
		this.process = ForeignProcess.start(this.path,
				Stream.concat(Stream.of(prefix), Stream.of(more)).toArray(String[]::new));
		return accept();
	}

	private UdsSocket accept() throws IOException {
		UdsSocket accepted = this.server.accept();
		assertThat(accepted).isNotNull();
		return accepted;
	}

	private static GroupPrincipal group(String name) throws IOException {
		return LOOKUP.lookupPrincipalByGroupName(name);
	}

	private static List<String> names(PeerCredentials peer) {
		return peer.groups().stream().map(GroupPrincipal::getName).toList();
	}

}
