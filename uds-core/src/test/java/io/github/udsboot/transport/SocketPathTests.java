package io.github.udsboot.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Long paths, relative ones, and paths through links.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class SocketPathTests {

	/** The longest directory in which a socket of any name can be bound. */
	private static final int LONGEST_DIRECTORY = 99;

	private final TransportType type;

	private final UdsTransport transport;

	private final int limit;

	private final List<AutoCloseable> resources = new ArrayList<>();

	@TempDir
	private Path directory;

	SocketPathTests(TransportType type) {
		this.type = type;
		this.transport = UdsTransports.select(type, UdsAddress.of("/any"));
		this.limit = (type == TransportType.JDK) ? 106 : 107;
	}

	@BeforeEach
	void resolveLinks() throws IOException {
		this.directory = this.directory.toRealPath();
	}

	@AfterEach
	void closeEverything() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private <T extends AutoCloseable> T closeLater(T resource) {
		this.resources.add(0, resource);
		return resource;
	}

	private UdsServerSocket bind(UdsAddress address) throws IOException {
		return closeLater(this.transport.bind(address, BindOptions.DEFAULTS));
	}

	private BindFailedException assertTooLong(UdsAddress address) {
		return assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind(address))
			.withMessageContaining(address.toString())
			.satisfies((ex) -> {
				assertThat(ex.reason()).as(ex.getMessage()).isEqualTo(Reason.PATH_TOO_LONG);
				assertThat(ex.remedy()).containsIgnoringCase("shorter path").endsWith(".");
			})
			.actual();
	}

	private void assertServes(UdsServerSocket server, UdsAddress address) throws IOException {
		closeLater(this.transport.connect(address));
		assertThat(closeLater(server.accept())).isNotNull();
	}

	/** A path below the directory, with a number of bytes. */
	private Path path(int bytes, String filler) {
		int room = bytes - UdsAddress.bytes(this.directory).length - 1;
		int width = filler.getBytes().length;
		return this.directory.resolve("x".repeat(room % width) + filler.repeat(room / width));
	}

	private Path deepDirectory() throws IOException {
		Path deep = this.directory;
		while (deep.toString().length() < 250) {
			deep = Files.createDirectory(deep.resolve("d".repeat(50)));
		}
		return deep;
	}

	private static Set<String> files(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return new TreeSet<>(files.map((path) -> path.getFileName().toString()).toList());
		}
	}

	@Test
	void pathThatClientsCanConnectToIsBoundAndALongerOneIsNot() throws IOException {
		for (String filler : List.of("x", "é")) {
			UdsAddress longest = UdsAddress.of(path(this.limit, filler));
			assertThat(longest.toBytes()).hasSize(this.limit);
			assertServes(bind(longest), longest);
			UdsAddress longer = UdsAddress.of(path(this.limit + 1, filler));
			assertThat(assertTooLong(longer)).hasMessageContaining("" + (this.limit + 1))
				.hasMessageContaining("the limit is " + this.limit);
			assertThat(longer.path().resolveSibling(longer.path().getFileName() + ".lock")).doesNotExist();
		}
	}

	@Test
	void connectToAPathThatIsTooLongFailsForGood() {
		UdsAddress longer = UdsAddress.of(path(this.limit + 1, "x"));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(longer))
			.withMessageContaining(longer.toString())
			.withMessageContaining("" + (this.limit + 1))
			.withMessageContaining("the limit is " + this.limit)
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(ConnectFailedException.Reason.PATH_TOO_LONG);
				assertThat(ex.reason().isTransient()).isFalse();
			});
	}

	@Test
	void socketOfALongPathIsReplacedOnlyIfItIsStale() throws IOException {
		Path socket = path(this.limit, "x");
		Path shorter = this.directory.resolve("shorter");
		ServerSocketChannel other = closeLater(ServerSocketChannel.open(StandardProtocolFamily.UNIX))
			.bind(UnixDomainSocketAddress.of(shorter), 10);
		Files.move(shorter, socket);
		Object inode = Files.getAttribute(socket, "unix:ino");
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind(UdsAddress.of(socket)))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.LIVE_SERVER));
		assertThat(Files.getAttribute(socket, "unix:ino")).isEqualTo(inode);
		other.close();
		assertServes(bind(UdsAddress.of(socket)), UdsAddress.of(socket));
		assertThat(files(this.directory)).containsExactlyInAnyOrder(socket.getFileName().toString(),
				socket.getFileName() + ".lock");
	}

	@Test
	void directoryWithoutRoomForAPrivateOneIsNamedWithItsLimit() throws IOException {
		Path longest = Files.createDirectory(path(LONGEST_DIRECTORY, "d"));
		UdsAddress address = UdsAddress.of(longest.resolve("a.sock"));
		assertServes(bind(address), address);
		Path longer = Files.createDirectory(path(LONGEST_DIRECTORY + 1, "e"));
		assertThat(assertTooLong(UdsAddress.of(longer.resolve("a")))).hasMessageContaining("'" + longer + "'")
			.hasMessageContaining("" + (LONGEST_DIRECTORY + 1))
			.hasMessageContaining("the limit is " + LONGEST_DIRECTORY);
		assertThat(longer).isEmptyDirectory();
	}

	@Test
	void shortLinkToADeepDirectoryLeadsThere() throws IOException {
		Path deep = deepDirectory();
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), deep);
		UdsAddress address = UdsAddress.of(link.resolve("a.sock"));
		UdsServerSocket server = bind(address);
		assertServes(server, address);
		assertThat(files(deep)).containsExactly("a.sock", "a.sock.lock");
		server.close();
		assertThat(files(deep)).containsExactly("a.sock.lock");
	}

	@Test
	void linkThatIsReplacedWhileWeBindGivesNothingAway() throws IOException {
		Path deep = deepDirectory();
		Path trap = Files.createDirectory(this.directory.resolve("trap"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), deep);
		UdsAddress address = UdsAddress.of(link.resolve("a.sock"));
		List<ServerSocketChannel> listeners = new ArrayList<>();
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> SocketFile.bind(address, BindOptions.DEFAULTS, SocketPathLimit.JDK, (path) -> {
				assertThat(path).startsWithRaw(link);
				Files.createDirectory(trap.resolve(path.getParent().getFileName()));
				Files.delete(link);
				Files.createSymbolicLink(link, trap);
				listeners.add(closeLater(ServerSocketChannel.open(StandardProtocolFamily.UNIX))
					.bind(UnixDomainSocketAddress.of(path)));
				return listeners.get(0);
			}));
		assertThat(listeners).singleElement().satisfies((listener) -> assertThat(listener.isOpen()).isFalse());
		assertThat(files(deep)).containsExactly("a.sock.lock");
	}

	@Test
	void wayUpFromALinkStartsWhereItLeads() throws IOException {
		Path below = Files.createDirectories(this.directory.resolve("real/below"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), below);
		UdsAddress address = UdsAddress.of(link + "/../a.sock");
		assertServes(bind(address), address);
		assertThat(this.directory.resolve("real/a.sock")).exists();
	}

	@Test
	void relativePathWorksHoweverDeepTheWorkingDirectoryIs() throws IOException {
		Path deep = deepDirectory();
		String name = this.type.name().toLowerCase(Locale.ROOT);
		try (ChildJvm server = ChildJvm.startIn(deep); ChildJvm client = ChildJvm.startIn(deep)) {
			assertThat(server.ask("bind", name, "run/a.sock", "rw-------", 0)).isEqualTo("bound");
			assertThat(files(deep.resolve("run"))).containsExactly("a.sock", "a.sock.lock");
			assertThat(client.ask("connect", name, "run/a.sock")).isEqualTo("connected");
			assertThat(client.ask("connect", name, "unix:run/a.sock")).isEqualTo("connected");
			assertThat(client.ask("bind", name, "run/a.sock", "rw-------", 0)).startsWith(Reason.LIVE_SERVER + " ")
				.contains(deep.resolve("run/a.sock").toString());
			server.kill();
			assertThat(client.ask("connect", name, "run/a.sock"))
				.startsWith(ConnectFailedException.Reason.NOT_LISTENING + " ")
				.contains("'run/a.sock'", "'" + deep.resolve("run/a.sock") + "'");
			assertThat(client.ask("bind", name, "run/a.sock", "rw-------", 0)).isEqualTo("bound");
			assertThat(client.ask("connect", name, "run/a.sock")).isEqualTo("connected");
			assertThat(client.ask("close")).isEqualTo("closed");
			assertThat(files(deep.resolve("run"))).containsExactly("a.sock.lock");
		}
	}

	@Test
	void relativePathIsAbsoluteWhereTheJdkStartsElsewhere() throws IOException {
		Path deep = deepDirectory();
		String name = this.type.name().toLowerCase(Locale.ROOT);
		try (ChildJvm child = ChildJvm.start("-Duser.dir=" + this.directory)) {
			assertThat(child.ask("bind", name, "a.sock", "rw-------", 0)).isEqualTo("bound");
			assertThat(this.directory.resolve("a.sock")).exists();
			assertThat(child.ask("connect", name, "a.sock")).isEqualTo("connected");
		}
		try (ChildJvm child = ChildJvm.start("-Duser.dir=" + deep)) {
			assertThat(child.ask("connect", name, "a.sock"))
				.startsWith(ConnectFailedException.Reason.PATH_TOO_LONG + " ");
		}
	}

}
