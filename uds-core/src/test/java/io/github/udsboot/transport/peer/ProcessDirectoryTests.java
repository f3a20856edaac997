package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is believed of a made-up directory of processes.
 */
@Timeout(60)
class ProcessDirectoryTests {

	private static final long OWN_PID = 7;

	private static final long PID = 42;

	private static final long UID = 1000;

	private static final long GID = 100;

	@TempDir
	private Path processes;

	private ProcessDirectory directory;

	private Moment accepted;

	private long now;

	@BeforeEach
	void create() throws IOException {
		this.directory = new ProcessDirectory(this.processes, OWN_PID, BootClock.shared());
		Files.createSymbolicLink(this.processes.resolve("self"), Path.of("" + OWN_PID));
		this.accepted = Moment.now();
		this.now = BootClock.shared().latestStart(this.accepted);
		process(this.now - 10, status("4 27 4000000000"), "0::/system.slice/x.service\n");
	}

	@Test
	void processOfThePeerTellsItsGroupsAndItsUnit() {
		ProcessDirectory.Inspected seen = inspect();
		assertThat(seen).isNotNull();
		assertThat(seen.groups()).isEqualTo(numbers(4, 27, (int) 4_000_000_000L));
		assertThat(seen.process()).isEqualTo(new PeerProcess(PID, "x.service", null, null));
	}

	@Test
	void processWithoutGroupsHasNone() throws IOException {
		write("status", status(""));
		assertThat(inspect().groups()).isEqualTo(GroupNumbers.NONE);
	}

	@Test
	void processOfAnotherUserOrGroupIsAnother() {
		assertThat(this.directory.inspect(PID, UID + 1, GID, this.accepted)).isNull();
		assertThat(this.directory.inspect(PID, UID, GID + 1, this.accepted)).isNull();
	}

	@Test
	void onlyTheEffectiveUserAndGroupCount() throws IOException {
		write("status", "Name:\tx\nUid:\t1\t1000\t2\t3\nGid:\t4\t100\t5\t6\nGroups:\t\n");
		assertThat(inspect()).isNotNull();
		write("status", "Name:\tx\nUid:\t1000\t1\t1000\t1000\nGid:\t100\t100\t100\t100\nGroups:\t\n");
		assertThat(inspect()).isNull();
	}

	@Test
	void processThatStartedAfterThePeerWasAcceptedIsAnother() throws IOException {
		process(this.now, status("4"), "");
		assertThat(inspect()).as("in the tick of the accept").isNotNull();
		process(this.now + 1, status("4"), "");
		assertThat(inspect()).as("a tick later").isNull();
	}

	@Test
	void processThatIsReplacedWhileItIsInspectedIsNotBelieved() throws Exception {
		assertThat(inspectWhileItStarts(this.now - 9)).isNull();
		assertThat(inspectWhileItStarts(this.now - 9)).as("as before").isNotNull();
	}

	/** The new start is there between the two looks at it. */
	private ProcessDirectory.Inspected inspectWhileItStarts(long started) throws Exception {
		Path status = process().resolve("status");
		Files.delete(status);
		assertThat(new ProcessBuilder("mkfifo", status.toString()).start().waitFor()).isZero();
		CompletableFuture<Void> replacement = CompletableFuture.runAsync(() -> {
			// Opened as soon as it is opened for reading
			try (Writer writer = Files.newBufferedWriter(status)) {
				write("stat", stat("x", started));
				writer.write(status("4"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		ProcessDirectory.Inspected seen = inspect();
		replacement.get();
		return seen;
	}

	@ParameterizedTest
	@ValueSource(strings = { "stat", "status" })
	void processThatIsGoneOrMustNotBeInspectedIsNotThere(String file) throws IOException {
		Files.delete(process().resolve(file));
		assertThat(inspect()).isNull();
		Files.createDirectory(process().resolve(file));
		assertThat(inspect()).as("cannot be read").isNull();
	}

	@Test
	void pidOfAnotherNamespaceIsNotLookedUp() {
		assertThat(this.directory.inspect(0, UID, GID, this.accepted)).isNull();
		assertThat(this.directory.inspect(-1, UID, GID, this.accepted)).isNull();
	}

	@Test
	void directoryOfAnotherNamespaceIsNotBelieved() throws IOException {
		assertThat(new ProcessDirectory(this.processes, OWN_PID + 1, BootClock.shared()).inspect(PID, UID, GID,
				this.accepted))
			.isNull();
		Files.delete(this.processes.resolve("self"));
		assertThat(inspect()).isNull();
	}

	@Test
	void withoutAClockNothingIsBelieved() {
		BootClock broken = new BootClock(this.processes.resolve("none"));
		assertThat(new ProcessDirectory(this.processes, OWN_PID, broken).inspect(PID, UID, GID, this.accepted))
			.isNull();
	}

	@Test
	void unreadableControlGroupsLeaveTheRest() throws IOException {
		Files.delete(process().resolve("cgroup"));
		assertThat(inspect().process()).isEqualTo(new PeerProcess(PID, null, null, null));
	}

	@Test
	void lineOfAControlGroupThatIsCutOffIsIgnored() throws IOException {
		write("cgroup", "0::/system.slice/x.service");
		assertThat(inspect().process().unit()).isNull();
	}

	@Test
	void nameOfTheProcessDeceivesNobody() throws IOException {
		write("stat", stat("a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1 20", this.now + 5));
		assertThat(inspect()).isNull();
		write("stat", stat("x", this.now - 10));
		write("status", status("4").replace("Name:\tx", "Name:\t\\nGroups:\t0\\nUid:\t1 1 1 1"));
		assertThat(inspect().groups()).isEqualTo(numbers(4));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Uid:\t1000\n", "Uid:\tx x x x\nGid:\t100\t100\t100\t100\n", "", "Groups:\t1\n",
			"Uid:\t1\t1000\t1\t1\nGid:\t1\t100\t1\t1\nGroups:\tx\n",
			"Uid:\t1\t1000\t1\t1\nGid:\t1\t100\t1\t1\nGroups:\t4294967296\n" })
	void garbageIsNotBelieved(String status) throws IOException {
		write("status", status);
		assertThat(inspect()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "42", "42 (x)", "42 (x) S 1 2", "42 (x) S" })
	void garbageInsteadOfAStartIsNotBelieved(String stat) throws IOException {
		write("stat", stat);
		assertThat(inspect()).isNull();
	}

	@Test
	void thousandsOfGroupsAreKeptAndMoreAreNot() throws IOException {
		write("status", status(list(GroupNumbers.MAX)));
		assertThat(inspect().groups().size()).isEqualTo(GroupNumbers.MAX);
		for (int tooMany : new int[] { GroupNumbers.MAX + 1, 65_536 }) {
			write("status", status(list(tooMany)));
			assertThat(inspect()).isNotNull();
			assertThat(inspect().groups()).isNull();
		}
	}

	/** The largest numbers, as they take most room. */
	private static String list(int size) {
		return IntStream.range(0, size).mapToObj((i) -> "" + (4_294_000_000L + i)).collect(Collectors.joining(" "));
	}

	private ProcessDirectory.Inspected inspect() {
		return this.directory.inspect(PID, UID, GID, this.accepted);
	}

	private void process(long started, String status, String controlGroups) throws IOException {
		Files.createDirectories(process());
		write("stat", stat("x", started));
		write("status", status);
		write("cgroup", controlGroups);
	}

	private static String stat(String name, long started) {
		return PID + " (" + name + ") S 1 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 " + started + " 1 1 1\n";
	}

	private static String status(String groups) {
		return "Name:\tx\nUmask:\t0022\nPid:\t42\nUid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\nFDSize:\t64\n"
				+ "Groups:\t" + groups + " \nNStgid:\t42\n";
	}

	private static GroupNumbers numbers(int... numbers) {
		return GroupNumbers.of(IntStream.of(numbers));
	}

	private Path process() {
		return this.processes.resolve("" + PID);
	}

	private void write(String file, String text) throws IOException {
		Files.writeString(process().resolve(file), text);
	}

}
