package io.github.udsboot.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.StandardProtocolFamily;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.ChildMain;
import io.github.udsboot.testsupport.Descriptors;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsServerSocket.AddressState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is done with the files in and around a socket path.
 */
@Timeout(60)
class SocketFileTests {

	private final UdsTransport transport = ChildJvm.transport(TestTransport.name());

	private final List<AutoCloseable> resources = new ArrayList<>();

	@TempDir
	private Path directory;

	private UdsAddress address;

	@BeforeEach
	void setUp() {
		this.address = UdsAddress.of(this.directory.resolve("server.sock"));
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

	private UdsServerSocket bind(UdsAddress address, String mode, String group) throws IOException {
		return closeLater(this.transport.bind(address,
				new BindOptions(PosixFilePermissions.fromString(mode), group, BindOptions.DEFAULTS.backlog())));
	}

	private UdsServerSocket bind() throws IOException {
		return closeLater(this.transport.bind(this.address, BindOptions.DEFAULTS));
	}

	private BindFailedException assertBindFails(UdsAddress address, Reason reason) {
		return assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> this.transport.bind(address, BindOptions.DEFAULTS))
			.withMessageContaining(address.toString())
			.satisfies((ex) -> {
				assertThat(ex.reason()).as(ex.getMessage()).isEqualTo(reason);
				assertThat(ex.address()).isEqualTo(address.toString());
				assertThat(ex.remedy()).endsWith(".");
			})
			.actual();
	}

	private BindFailedException assertBindFails(Reason reason) {
		return assertBindFails(this.address, reason);
	}

	private void assertServes(UdsServerSocket server) throws IOException {
		closeLater(this.transport.connect(server.address()));
		assertThat(closeLater(server.accept())).isNotNull();
	}

	private ServerSocketChannel bindWithoutLock(Path path, int backlog) throws IOException {
		return closeLater(ServerSocketChannel.open(StandardProtocolFamily.UNIX)).bind(UnixDomainSocketAddress.of(path),
				backlog);
	}

	private void leaveStaleSocket(Path path) throws IOException {
		bindWithoutLock(path, 1).close();
	}

	private Set<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return new TreeSet<>(files.map((path) -> path.getFileName().toString()).toList());
		}
	}

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
	}

	@Test
	void onlySocketAndLockStandInTheDirectory() throws IOException {
		UdsServerSocket server = bind();
		assertThat(files()).containsExactly("server.sock", "server.sock.lock");
		assertThat(mode(this.directory.resolve("server.sock.lock"))).isEqualTo("rw-------");
		assertThat(Files.getAttribute(this.address.path(), "unix:nlink")).isEqualTo(1);
		server.close();
		server.close();
		assertThat(files()).containsExactly("server.sock.lock");
		assertServes(bind());
	}

	@Test
	void staleSocketIsReplaced() throws IOException {
		leaveStaleSocket(this.address.path());
		assertServes(bind());
	}

	@Test
	void socketOfAKilledProcessIsReplaced() throws IOException {
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0)).isEqualTo("bound");
			child.kill();
			assertThat(files()).containsExactly("server.sock", "server.sock.lock");
			assertServes(bind());
		}
	}

	@Test
	void liveServerIsRefusedAndUnharmed() throws IOException {
		ServerSocketChannel live = bindWithoutLock(this.address.path(), 10);
		Object key = Files.getAttribute(this.address.path(), "unix:ino");
		assertBindFails(Reason.LIVE_SERVER);
		assertThat(Files.getAttribute(this.address.path(), "unix:ino")).isEqualTo(key);
		live.configureBlocking(false);
		assertThat(live.accept()).as("a connection, though the kernel lists the server").isNull();
		closeLater(this.transport.connect(this.address));
		live.accept().close();
		assertThat(files()).as("no lock beside a file of others").containsExactly("server.sock");
	}

	@Test
	void liveServerThatTheKernelListsUnderAnotherNameIsNotTouched() throws IOException {
		ServerSocketChannel live = rename(bindWithoutLock(this.directory.resolve("before.sock"), 10));
		assertBindFails(Reason.LIVE_SERVER);
		live.configureBlocking(false);
		assertThat(live.accept()).isNull();
	}

	@Test
	void leftoverIsReplacedThoughAServerThatLivesIsListedByItsName() throws IOException {
		ServerSocketChannel live = bindWithoutLock(this.address.path(), 10);
		Files.move(this.address.path(), this.directory.resolve("moved.sock"));
		leaveStaleSocket(this.address.path());
		assertThat(ListeningSockets.ofSystem().contains(this.address)).isTrue();
		assertServes(bind());
		live.configureBlocking(false);
		assertThat(live.accept()).isNull();
	}

	@Test
	void whereTheKernelCannotBeAskedALiveServerIsLeftPolitely() throws Exception {
		ServerSocketChannel live = rename(bindWithoutLock(this.directory.resolve("before.sock"), 10));
		CompletableFuture<Integer> bytesOfTheClient = CompletableFuture.supplyAsync(() -> {
			try (SocketChannel accepted = live.accept()) {
				// longer than it takes to hang up
				int count = accepted.read(ByteBuffer.allocate(8));
				accepted.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
				accepted.write(ByteBuffer.wrap("goodbye".getBytes(StandardCharsets.UTF_8)));
				return count;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		assertThat(SocketProbe.isStaleByConnecting(this.address)).isFalse();
		assertThat(bytesOfTheClient.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
	}

	@Test
	void whereTheKernelCannotBeAskedAServerThatSaysNothingHoldsUpAStartForAMomentOnly() throws Exception {
		rename(bindWithoutLock(this.directory.resolve("before.sock"), 10));
		assertThat(SocketProbe.isStaleByConnecting(this.address)).isFalse();
		assertThat(this.address.path()).exists();
	}

	private ServerSocketChannel rename(ServerSocketChannel live) throws IOException {
		Files.move(this.directory.resolve("before.sock"), this.address.path());
		return live;
	}

	@Test
	void liveServerWithAFullBacklogIsRefusedAndUnharmed() throws IOException {
		rename(bindWithoutLock(this.directory.resolve("before.sock"), 1));
		for (int i = 0; i < 2; i++) {
			closeLater(SocketChannel.open(UnixDomainSocketAddress.of(this.address.path())));
		}
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(this.address))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ConnectFailedException.Reason.BACKLOG_FULL));
		assertBindFails(Reason.LIVE_SERVER);
		assertThat(this.address.path()).exists();
	}

	@Test
	void serverOfAnotherProcessIsRefusedAndUnharmed() throws IOException {
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0)).isEqualTo("bound");
			assertBindFails(Reason.LIVE_SERVER);
			closeLater(this.transport.connect(this.address));
			assertThat(child.ask("close")).isEqualTo("closed");
			assertServes(bind());
		}
	}

	@Test
	void datagramSocketInUseIsLeftAloneAndReplacedWhenItIsStale() throws IOException {
		AFUNIXDatagramSocket live = closeLater(AFUNIXDatagramSocket.newInstance());
		live.setDeleteOnClose(false);
		live.bind(AFUNIXSocketAddress.of(this.address.path()));
		assertThat(assertBindFails(Reason.LIVE_SERVER)).hasMessageContaining("a datagram socket that a process uses")
			.hasMessageNotContaining("accepts connections");
		assertThat(files()).containsExactly("server.sock");
		live.close();
		assertThat(files()).containsExactly("server.sock");
		assertServes(bind());
	}

	@Test
	void seqpacketSocketThatWasBoundByARelativePathIsLeftAlone() throws Exception {
		Process live = new ProcessBuilder("python3", "-c",
				"import socket\n" + "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
						+ "s.bind('server.sock')\ns.listen()\nprint('ready', flush=True)\ninput()")
			.directory(this.directory.toFile())
			.start();
		this.resources.add(() -> live.destroyForcibly().waitFor());
		Assumptions.assumeTrue("ready".equals(live.inputReader().readLine()), "python3 is needed");
		assertThat(assertBindFails(Reason.LIVE_SERVER)).hasMessageContaining("a socket for sequenced packets");
		assertThat(files()).containsExactly("server.sock");
	}

	@Test
	void socketThatLetsNotEvenUsConnectIsLeftAlone() throws IOException {
		TestUser.assumeRoot();
		TestUser.giveAway(this.directory);
		try (ChildJvm first = ChildJvm.startAsNobody(); ChildJvm second = ChildJvm.startAsNobody()) {
			assertThat(first.ask("bind", "jdk", this.address, "---------", 0)).isEqualTo("bound");
			Files.delete(lock());
			assertThat(second.ask("bind", "jdk", this.address, "rw-------", 0)).startsWith(Reason.LIVE_SERVER + " ")
				.contains("lets not even this user connect");
			assertThat(files()).containsExactly("server.sock");
		}
	}

	@Test
	void regularFileIsLeftAlone() throws IOException {
		Files.writeString(this.address.path(), "precious");
		assertBindFails(Reason.NOT_A_SOCKET);
		assertThat(this.address.path()).hasContent("precious");
		assertThat(files()).as("no lock beside a file of others").containsExactly("server.sock");
	}

	@Test
	void lockThatWasThereBesideAFileThatIsLeftAloneStays() throws IOException {
		bind().close();
		Files.writeString(this.address.path(), "precious");
		assertBindFails(Reason.NOT_A_SOCKET);
		assertThat(files()).containsExactly("server.sock", "server.sock.lock");
	}

	@Test
	void directoryIsLeftAlone() throws IOException {
		Files.createDirectory(this.address.path());
		assertBindFails(Reason.NOT_A_SOCKET);
		assertThat(this.address.path()).isDirectory();
	}

	@Test
	void symbolicLinksAreLeftAlone() throws IOException {
		Path target = this.directory.resolve("target");
		Files.createSymbolicLink(this.address.path(), target);
		assertBindFails(Reason.NOT_A_SOCKET);
		Files.writeString(target, "precious");
		assertBindFails(Reason.NOT_A_SOCKET);
		assertThat(target).hasContent("precious");
		Files.delete(target);
		leaveStaleSocket(target);
		assertBindFails(Reason.NOT_A_SOCKET);
		assertThat(target).exists();
		assertThat(Files.readSymbolicLink(this.address.path())).isEqualTo(target);
	}

	@Test
	void socketOfAnotherUserIsLeftAlone() throws IOException {
		TestUser.assumeRoot();
		leaveStaleSocket(this.address.path());
		TestUser.giveAway(this.address.path());
		assertBindFails(Reason.FOREIGN_SOCKET);
		assertThat(files()).as("no lock beside a file of others").containsExactly("server.sock");
	}

	@Test
	void missingDirectoryIsMadeForUsAlone() throws IOException {
		UdsAddress below = UdsAddress.of(this.directory.resolve("made/server.sock"));
		assertServes(bind(below, "rw-rw-rw-", null));
		assertThat(mode(this.directory.resolve("made"))).isEqualTo("rwx------");
	}

	@Test
	void missingDirectoriesAboveAreNotMade() {
		assertThat(assertBindFails(UdsAddress.of(this.directory.resolve("not/there/server.sock")),
				Reason.DIRECTORY_MISSING))
			.hasMessageEndingWith("does not exist, nor does '" + this.directory.resolve("not")
					+ "': only the last directory of a path is made");
		assertThat(assertBindFails(UdsAddress.of(this.directory.resolve("not/even/there/server.sock")),
				Reason.DIRECTORY_MISSING))
			.hasMessageContaining("nor does '" + this.directory.resolve("not") + "' higher up");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void danglingLinkIsNoDirectory() throws IOException {
		Files.createSymbolicLink(this.directory.resolve("link"), this.directory.resolve("nowhere"));
		assertThat(assertBindFails(UdsAddress.of(this.directory.resolve("link/server.sock")), Reason.DIRECTORY_MISSING))
			.hasMessageEndingWith("is a symbolic link to nothing");
	}

	@Test
	void directoryIsNotMadeBelowAnotherUsers() throws IOException {
		TestUser.assumeRoot();
		TestUser.giveAway(this.directory);
		assertThat(assertBindFails(UdsAddress.of(this.directory.resolve("made/server.sock")), Reason.DIRECTORY_MISSING))
			.hasMessageContaining(
					"the directory above it belongs to '" + Files.getOwner(this.directory).getName() + "'");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void fileInPlaceOfTheDirectoryIsReported() throws IOException {
		Files.writeString(this.directory.resolve("file"), "precious");
		assertBindFails(UdsAddress.of(this.directory.resolve("file/server.sock")), Reason.NOT_A_DIRECTORY);
		assertBindFails(UdsAddress.of(this.directory.resolve("file/below/server.sock")), Reason.NOT_A_DIRECTORY);
		assertThat(this.directory.resolve("file")).hasContent("precious");
	}

	@Test
	void rootDirectoryIsNoSocket() {
		assertBindFails(UdsAddress.of("/"), Reason.NOT_A_SOCKET);
	}

	@Test
	void unwritableDirectoryIsReported() throws IOException {
		Assumptions.assumeFalse(TestUser.isRoot(), "root may write everywhere");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("r-xr-xr-x"));
		assertBindFails(Reason.DIRECTORY_NOT_WRITABLE);
	}

	@Test
	void directoryThatAnotherUserCannotWriteIsReported() throws IOException {
		TestUser.assumeRoot();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path closed = Files.createDirectory(this.directory.resolve("closed"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		try (ChildJvm child = ChildJvm.startAsNobody()) {
			for (UdsAddress refused : List.of(this.address, UdsAddress.of(closed.resolve("s")),
					UdsAddress.of(closed.resolve("below/s")))) {
				assertThat(child.ask("bind", TestTransport.name(), refused, "rw-------", 0))
					.startsWith(Reason.DIRECTORY_NOT_WRITABLE + " ")
					.contains(refused.toString(), "user id " + ChildJvm.NOBODY);
			}
		}
		assertThat(files()).containsExactly("closed");
	}

	@Test
	void directoryThatEverybodyCanWriteIsRefused() throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThat(assertBindFails(Reason.DIRECTORY_UNSAFE)).hasMessageContaining("777");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void directoryOfAnotherUserIsRefused() throws IOException {
		TestUser.assumeRoot();
		TestUser.giveAway(this.directory);
		assertBindFails(Reason.DIRECTORY_UNSAFE);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void stickyDirectoryIsWarnedAboutOnce(CapturedOutput output) throws IOException {
		Files.setAttribute(this.directory, "unix:mode", 01777);
		for (int i = 0; i < 2; i++) {
			UdsServerSocket server = bind();
			assertServes(server);
			server.close();
		}
		assertThat(output.toString().split("every user can create files", -1)).hasSize(2);
	}

	@Test
	void secondServerOfThisJvmIsRefusedAndTheFirstKeepsItsLock() throws IOException {
		UdsServerSocket first = bind();
		assertBindFails(Reason.SAME_JVM);
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), this.directory);
		assertBindFails(UdsAddress.of(link.resolve("server.sock")), Reason.SAME_JVM);
		Files.delete(link);
		assertLockIsHeld();
		assertServes(first);
	}

	@Test
	void secondServerOfAnotherClassLoaderIsRefusedAndTheFirstKeepsItsLock() throws Exception {
		UdsServerSocket first = bind();
		List<URL> classPath = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(":")) {
			classPath.add(Path.of(entry).toUri().toURL());
		}
		try (URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> main = loader.loadClass(ChildMain.class.getName());
			assertThat(main).isNotSameAs(ChildMain.class);
			java.lang.reflect.Method bind = main.getDeclaredMethod("bind", String.class, String.class, String.class,
					long.class);
			bind.setAccessible(true);
			assertThat(invoke(bind, "jdk", this.address.toString(), "rw-------", 0L)).startsWith(Reason.SAME_JVM + " ");
			long descriptors = Descriptors.count();
			for (int i = 0; i < 50; i++) {
				invoke(bind, "jdk", this.address.toString(), "rw-------", 0L);
			}
			assertThat(Descriptors.count()).as("one channel is kept, not one for each attempt")
				.isLessThan(descriptors + 25);
		}
		System.gc();
		assertLockIsHeld();
		assertServes(first);
	}

	private static String invoke(java.lang.reflect.Method method, Object... arguments) throws Exception {
		try {
			return (String) method.invoke(null, arguments);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	private void assertLockIsHeld() throws IOException {
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0))
				.startsWith(Reason.LIVE_SERVER + " ")
				.contains("server.sock.lock");
		}
	}

	@Test
	void lockThatIsALinkIsRefused() throws IOException {
		Path target = this.directory.resolve("target");
		Files.createSymbolicLink(lock(), target);
		assertThat(assertBindFails(Reason.LOCK_UNUSABLE)).hasMessageContaining("a symbolic link");
		assertThat(target).doesNotExist();
		Files.writeString(target, "precious");
		assertBindFails(Reason.LOCK_UNUSABLE);
		assertThat(target).hasContent("precious");
	}

	@Test
	void lockWithTwoNamesIsRefused() throws IOException {
		Path precious = Files.writeString(this.directory.resolve("file"), "precious");
		Files.createLink(lock(), precious);
		assertThat(assertBindFails(Reason.LOCK_UNUSABLE)).hasMessageContaining("2 hard links");
		assertThat(precious).hasContent("precious");
	}

	@Test
	void lockOfAnotherUserIsRefusedByItsName() throws IOException {
		TestUser.assumeRoot();
		TestUser.giveAway(Files.createFile(lock()));
		assertThat(assertBindFails(Reason.LOCK_UNUSABLE))
			.hasMessageContaining("'" + Files.getOwner(lock()).getName() + "'");
	}

	@Test
	void lockThatIsNoFileIsRefused() throws Exception {
		Files.createDirectory(lock());
		assertThat(assertBindFails(Reason.LOCK_UNUSABLE)).hasMessageContaining("a directory");
		Files.delete(lock());
		assertThat(new ProcessBuilder("mkfifo", lock().toString()).start().waitFor()).isZero();
		assertThat(assertBindFails(Reason.LOCK_UNUSABLE)).hasMessageContaining("a named pipe");
	}

	@Test
	void whatIsBoundAgainIsNeverLeftToAnotherServer() throws Exception {
		SocketFile<ServerSocketChannel> file = keep(
				SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, SocketFileTests::listen));
		Files.delete(this.address.path());
		try (ChildJvm child = ChildJvm.start()) {
			List<String> others = new ArrayList<>();
			SocketFile<ServerSocketChannel> again = keep(
					file.rebind(BindOptions.DEFAULTS, SocketPathLimit.JDK, (path) -> {
						others.add(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0));
						return listen(path);
					}));
			assertThat(others).singleElement().asString().startsWith(Reason.LIVE_SERVER + " ");
			file.close();
			assertThat(again.addressState()).isEqualTo(AddressState.OURS);
			Files.delete(this.address.path());
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0))
				.as("the lock went to the new socket")
				.startsWith(Reason.LIVE_SERVER + " ");
			again.close();
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0)).isEqualTo("bound");
		}
	}

	@Test
	void whatCannotBeBoundAgainIsKept() throws Exception {
		SocketFile<ServerSocketChannel> file = keep(
				SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, SocketFileTests::listen));
		Files.delete(this.address.path());
		Files.createFile(this.address.path());
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> file.rebind(BindOptions.DEFAULTS, SocketPathLimit.JDK, SocketFileTests::listen))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_A_SOCKET));
		Files.delete(this.address.path());
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::bind)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.SAME_JVM));
		assertThat(file.listener().isOpen()).isTrue();
		file.close();
		bind();
	}

	@Test
	void whatIsBoundAgainLocksTheFileThatStandsThereNow() throws Exception {
		SocketFile<ServerSocketChannel> file = keep(
				SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, SocketFileTests::listen));
		Files.delete(this.address.path());
		Files.delete(Path.of(this.address.path() + ".lock"));
		SocketFile<ServerSocketChannel> again = keep(
				file.rebind(BindOptions.DEFAULTS, SocketPathLimit.JDK, SocketFileTests::listen));
		file.close();
		Files.delete(this.address.path());
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0))
				.startsWith(Reason.LIVE_SERVER + " ");
			again.close();
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0)).isEqualTo("bound");
		}
	}

	private SocketFile<ServerSocketChannel> keep(SocketFile<ServerSocketChannel> file) {
		this.resources.add(file);
		return file;
	}

	private static ServerSocketChannel listen(Path path) throws IOException {
		ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		channel.bind(UnixDomainSocketAddress.of(path));
		return channel;
	}

	@Test
	void lockThatACleanerRemovedDoesNotLetAnotherServerIn() throws IOException {
		UdsServerSocket server = bind();
		Files.delete(lock());
		// Without this option, newer versions of Java do not let the child ask the kernel
		try (ChildJvm child = ChildJvm.start("--enable-native-access=ALL-UNNAMED")) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0))
				.startsWith(Reason.LIVE_SERVER + " ");
		}
		assertThat(server.accept()).as("a probe").isNull();
		assertServes(server);
		assertThat(server.addressState()).isEqualTo(AddressState.OURS);
	}

	@Test
	void failedBindKeepsNothing() throws IOException {
		failToBind();
		long descriptors = Descriptors.count();
		for (int i = 0; i < 50; i++) {
			failToBind();
		}
		assertThat(files()).containsExactly("server.sock.lock");
		// class loading and threads of other tests come and go with a few of their own
		assertThat(Descriptors.count()).isLessThan(descriptors + 25);
		assertServes(bind());
	}

	private void failToBind() {
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, (path) -> {
				assertThat(mode(path.getParent())).isEqualTo("rwx------");
				throw new IOException("no luck");
			}))
			.withMessageContaining(this.address.toString())
			.withMessageContaining("no luck")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.OTHER));
	}

	private PrivateDirectory privateDirectory() throws IOException {
		return closeLater(PrivateDirectory.beside(this.address, this.address.path()));
	}

	@Test
	void privateDirectoryOfACrashedProcessIsReplaced() throws IOException {
		PrivateDirectory leftover = privateDirectory();
		leftover.create(false);
		leaveStaleSocket(leftover.socket());
		assertThat(files()).hasSize(1);
		assertServes(bind());
		assertThat(files()).containsExactly("server.sock", "server.sock.lock");
	}

	@Test
	void fileWithTheNameOfThePrivateSocketIsLeftAlone() throws IOException {
		PrivateDirectory directory = privateDirectory();
		directory.create(false);
		Files.writeString(directory.socket(), "precious");
		assertThat(assertBindFails(Reason.PRIVATE_DIRECTORY))
			.hasMessageContaining(directory.socket().getParent() + "' is in the way");
		assertThat(directory.socket()).hasContent("precious");
	}

	@Test
	void directoryOfAnotherModeInPlaceOfThePrivateOneIsLeftAlone() throws IOException {
		Path directory = privateDirectory().socket().getParent();
		Files.createDirectory(directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
		assertThat(assertBindFails(Reason.PRIVATE_DIRECTORY)).hasMessageContaining(directory + "' is in the way")
			.hasMessageContaining(
					"a directory of '" + Files.getOwner(this.directory).getName() + "' with the mode 750");
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void whatAnotherUserHasPutInPlaceOfThePrivateDirectoryIsReportedWithItsOwner() throws IOException {
		TestUser.assumeRoot();
		Path directory = privateDirectory().socket().getParent();
		Files.createDirectory(directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		TestUser.giveAway(directory);
		String owner = Files.getOwner(directory).getName();
		BindFailedException failure = assertBindFails(Reason.PRIVATE_DIRECTORY);
		assertThat(failure).hasMessageContaining("a directory of '" + owner + "' with the mode 700");
		assertThat(failure.remedy()).contains("Remove '" + directory + "'");
		assertThat(directory).isEmptyDirectory();
		Files.delete(directory);
		Files.createSymbolicLink(directory, this.directory);
		TestUser.giveAway(directory);
		assertThat(assertBindFails(Reason.PRIVATE_DIRECTORY))
			.hasMessageContaining("a symbolic link of '" + owner + "'");
		assertThat(directory).isSymbolicLink();
	}

	@Test
	void whatOthersPutInPlaceOfThePrivateDirectoryGetsNoModeAndIsNotPublished() throws IOException {
		Path victim = Files.createDirectory(this.directory.resolve("victim"));
		ServerSocketChannel other = bindWithoutLock(victim.resolve("s"), 10);
		Files.setPosixFilePermissions(victim.resolve("s"), PosixFilePermissions.fromString("rw-------"));
		Object inode = Files.getAttribute(victim.resolve("s"), "unix:ino");
		BindOptions options = new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 10);
		Path inside = privateDirectory().socket().getParent();
		SocketFile<ServerSocketChannel> bound = closeLater(
				SocketFile.bind(this.address, options, SocketPathLimit.JDK, (path) -> {
					ServerSocketChannel listener = bindWithoutLock(path, 10);
					Files.move(inside, this.directory.resolve("moved"));
					Files.createSymbolicLink(inside, victim);
					return listener;
				}));
		assertThat(mode(victim.resolve("s"))).isEqualTo("rw-------");
		assertThat(Files.getAttribute(victim.resolve("s"), "unix:ino")).isEqualTo(inode);
		assertThat(Files.getAttribute(this.address.path(), "unix:ino")).isNotEqualTo(inode);
		assertThat(mode(this.address.path())).isEqualTo("rw-rw-rw-");
		closeLater(this.transport.connect(this.address));
		bound.listener().accept().close();
		assertThat(inside).as("what others made is theirs").isSymbolicLink();
		other.configureBlocking(false);
		assertThat(other.accept()).isNull();
	}

	@Test
	void aSocketThatWasBoundElsewhereIsNotPublished() throws IOException {
		Path victim = Files.createDirectory(this.directory.resolve("victim"));
		Path inside = privateDirectory().socket().getParent();
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, (path) -> {
				Files.move(inside, this.directory.resolve("moved"));
				Files.createSymbolicLink(inside, victim);
				return bindWithoutLock(path, 10);
			}))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PRIVATE_DIRECTORY))
			.withMessageContaining("another process has replaced '" + inside + "'");
		assertThat(this.address.path()).doesNotExist();
	}

	@Test
	void aThreadThatIsInterruptedCanBind() throws IOException {
		Thread.currentThread().interrupt();
		try {
			bind();
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		closeLater(this.transport.connect(this.address));
	}

	@Test
	void aLockThatItsOwnerMayNotOpenIsReportedWithItsMode() throws IOException {
		TestUser.assumeRoot();
		TestUser.giveAway(this.directory);
		Files.createFile(lock(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
		TestUser.giveAway(lock());
		try (ChildJvm child = ChildJvm.startAsNobody()) {
			assertThat(child.ask("bind", TestTransport.name(), this.address, "rw-------", 0))
				.startsWith(Reason.LOCK_UNUSABLE + " ")
				.contains("'" + lock() + "'", "has the mode 0 and belongs to '");
		}
	}

	@Test
	void filesOfOthersInThePrivateDirectoryAreLeftAlone() throws IOException {
		PrivateDirectory directory = privateDirectory();
		directory.create(false);
		Path precious = directory.socket().resolveSibling("precious");
		Files.writeString(precious, "precious");
		assertThat(assertBindFails(Reason.PRIVATE_DIRECTORY)).hasMessageContaining(precious.getParent().toString());
		assertThat(precious).hasContent("precious");
	}

	@Test
	void somethingThatTakesTheNameWhileWeBindIsLeftAlone() throws IOException {
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> SocketFile.bind(this.address, BindOptions.DEFAULTS, SocketPathLimit.JDK, (path) -> {
				Files.writeString(this.address.path(), "precious");
				return bindWithoutLock(path, 1);
			}))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_A_SOCKET));
		assertThat(this.address.path()).hasContent("precious");
		assertThat(files()).containsExactly("server.sock", "server.sock.lock");
	}

	@Test
	void socketIsRenamedWhereThereAreNoHardLinks() throws IOException {
		Path source = this.directory.resolve("source");
		leaveStaleSocket(source);
		Files.writeString(this.address.path(), "precious");
		assertThat(SocketPublisher.rename(source, this.address.path())).isFalse();
		assertThat(this.address.path()).hasContent("precious");
		Files.delete(this.address.path());
		assertThat(SocketPublisher.rename(source, this.address.path())).isTrue();
		assertThat(files()).containsExactly("server.sock");
	}

	@ParameterizedTest
	@ValueSource(strings = { "rw-------", "rw-rw----", "rw-rw-rw-", "-w--w--w-", "rwxrwxrwx" })
	void modeIsExact(String mode) throws IOException {
		bind(this.address, mode, null);
		assertThat(mode(this.address.path())).isEqualTo(mode);
	}

	@ParameterizedTest
	@ValueSource(strings = { "000", "077", "022", "277", "777" })
	void modeIsExactWhateverTheUmask(String umask) throws IOException {
		try (ChildJvm child = ChildJvm.startWithUmask(umask)) {
			for (String transport : List.of("jdk", "junixsocket")) {
				UdsAddress below = UdsAddress.of(this.directory.resolve(transport + "/server.sock"));
				assertThat(child.ask("bind", transport, below, "rw-rw----", 0)).isEqualTo("bound");
				assertThat(mode(below.path())).isEqualTo("rw-rw----");
				assertThat(mode(below.path().getParent())).isEqualTo("rwx------");
				assertThat(mode(below.path().resolveSibling("server.sock.lock"))).isEqualTo("rw-------");
			}
		}
	}

	@Test
	void groupIsSetByNumberAndByName() throws IOException {
		// Everybody may give a file to the own group, root to any
		Object group = TestUser.isRoot() ? (Object) 54321 : Files.getAttribute(this.directory, "unix:gid");
		UdsServerSocket server = bind(this.address, "rw-rw----", group.toString());
		assertThat(Files.getAttribute(this.address.path(), "unix:gid")).isEqualTo(group);
		assertThat(mode(this.address.path())).isEqualTo("rw-rw----");
		server.close();
		String name = Files.readAttributes(this.directory, java.nio.file.attribute.PosixFileAttributes.class)
			.group()
			.getName();
		bind(this.address, "rw-rw----", name);
		assertThat(Files.getAttribute(this.address.path(), "unix:gid"))
			.isEqualTo(Files.getAttribute(this.directory, "unix:gid"));
	}

	@Test
	void unknownGroupIsReported() {
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> bind(this.address, "rw-rw----", "no-such-group"))
			.withMessageContaining("no-such-group")
			.withMessageContaining(this.address.toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PERMISSIONS));
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void groupThatWeMayNotGiveIsReported() throws IOException {
		Assumptions.assumeFalse(TestUser.isRoot(), "root may give files to every group");
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind(this.address, "rw-rw----", "0"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PERMISSIONS));
		assertThat(files()).containsExactly("server.sock.lock");
	}

	@Test
	void stateFollowsTheFile() throws IOException {
		UdsServerSocket server = bind();
		assertThat(server.addressState()).isEqualTo(AddressState.OURS);
		Files.delete(this.address.path());
		assertThat(server.addressState()).isEqualTo(AddressState.GONE);
		Files.writeString(this.address.path(), "other");
		assertThat(server.addressState()).isEqualTo(AddressState.FOREIGN);
	}

	@Test
	void fileOfOthersAtShutdownSurvives() throws IOException {
		UdsServerSocket server = bind();
		Files.delete(this.address.path());
		ServerSocketChannel other = bindWithoutLock(this.address.path(), 10);
		assertThat(server.addressState()).isEqualTo(AddressState.FOREIGN);
		server.withdraw();
		server.close();
		closeLater(this.transport.connect(this.address));
		other.accept().close();
	}

	@Test
	void withdrawnSocketStillServesItsBacklog() throws IOException {
		UdsServerSocket server = bind();
		closeLater(this.transport.connect(this.address));
		server.withdraw();
		server.withdraw();
		assertThat(server.addressState()).isEqualTo(AddressState.GONE);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(this.address));
		assertThat(closeLater(server.accept())).isNotNull();
		assertBindFails(Reason.SAME_JVM);
		server.close();
		assertServes(bind());
	}

	@Test
	void removedSocketCanBeBoundAgain() throws IOException {
		UdsServerSocket server = bind();
		UdsSocket client = closeLater(this.transport.connect(this.address));
		UdsSocket accepted = closeLater(server.accept());
		Files.delete(this.address.path());
		server.close();
		assertServes(bind());
		accepted.write(java.nio.ByteBuffer.allocateDirect(4));
		assertThat(client.read(java.nio.ByteBuffer.allocateDirect(8))).as("live connections survive").isEqualTo(4);
	}

	private Path lock() {
		return this.directory.resolve("server.sock.lock");
	}

}
