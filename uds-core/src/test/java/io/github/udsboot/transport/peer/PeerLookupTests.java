package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.PeerDetails;
import io.github.udsboot.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the details of a peer are taken from, and when.
 */
@Timeout(60)
class PeerLookupTests {

	private static final long OWN_PID = 7;

	@TempDir
	private Path directory;

	private PeerLookup lookup;

	private UserPrincipal root;

	private Moment accepted;

	@BeforeEach
	void create() throws IOException {
		Files.createSymbolicLink(this.directory.resolve("self"), Path.of("" + OWN_PID));
		this.lookup = new PeerLookup(new ProcessDirectory(this.directory, OWN_PID, BootClock.shared()),
				new Accounts(this.directory));
		this.root = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("root");
		this.accepted = Moment.now();
		Files.write(this.directory.resolve("passwd"), List.of("root:x:0:0::/:"));
		Files.write(this.directory.resolve("group"), List.of("a:x:11:root"));
	}

	@Test
	void processComesFirst() throws IOException {
		process(42, "5 6");
		PeerDetails details = ofProcess(42);
		assertThat(details.isInGroup(5)).isTrue();
		assertThat(details.isInGroup(11)).isFalse();
		assertThat(details.supplementaryGroups()).hasSize(2);
		assertThat(details.process()).isEqualTo(new PeerProcess(42, "x.service", null, null));
	}

	@Test
	void withoutTheProcessTheUserHasItsGroups() {
		for (PeerDetails details : List.of(ofProcess(42), ofProcess(0), this.lookup.ofUser(this.root))) {
			assertThat(details.isInGroup(11)).isTrue();
			assertThat(details.isInGroup(0)).isTrue();
			assertThat(details.isInGroup(5)).isFalse();
			assertThat(details.process()).isNull();
		}
	}

	@Test
	void processWithTooManyGroupsIsKnownAndItsUserHasGroups() throws IOException {
		process(42,
				IntStream.range(100, 100 + GroupNumbers.MAX + 1)
					.mapToObj(Integer::toString)
					.collect(Collectors.joining(" ")));
		PeerDetails details = ofProcess(42);
		assertThat(details.isInGroup(11)).isTrue();
		assertThat(details.isInGroup(100)).isFalse();
		assertThat(details.process()).isEqualTo(new PeerProcess(42, "x.service", null, null));
	}

	@Test
	void nothingIsLookedUpBeforeItIsAskedForAndWhatWasFoundIsKept() throws IOException {
		PeerDetails details = ofProcess(42);
		process(42, "5");
		assertThat(details.isInGroup(5)).isTrue();
		process(42, "6");
		assertThat(details.isInGroup(5)).isTrue();
		assertThat(ofProcess(42).isInGroup(5)).isFalse();
	}

	@Test
	void lookupIsMadeOnce() {
		AtomicInteger lookups = new AtomicInteger();
		PeerDetails details = new LazyPeerDetails(() -> {
			lookups.incrementAndGet();
			return new Found(GroupNumbers.NONE, null);
		}, new Accounts(this.directory));
		assertThat(lookups).hasValue(0);
		assertThat(details.isInGroup(1)).isFalse();
		assertThat(details.process()).isNull();
		assertThat(details.supplementaryGroups()).isEmpty();
		assertThat(lookups).hasValue(1);
	}

	@RepeatedTest(50)
	void threadsThatAskTogetherGetTheSame() throws Exception {
		AtomicInteger lookups = new AtomicInteger();
		CyclicBarrier together = new CyclicBarrier(4);
		PeerDetails details = new LazyPeerDetails(() -> {
			// None has an answer before all have asked
			await(together);
			return new Found(GroupNumbers.NONE, new PeerProcess(lookups.incrementAndGet(), null, null, null));
		}, new Accounts(this.directory));
		List<CompletableFuture<PeerProcess>> threads = Stream
			.generate(() -> CompletableFuture.supplyAsync(details::process, (task) -> new Thread(task).start()))
			.limit(4)
			.toList();
		Set<PeerProcess> found = new HashSet<>();
		for (CompletableFuture<PeerProcess> thread : threads) {
			found.add(thread.get());
		}
		assertThat(lookups).hasValue(4);
		assertThat(found).hasSize(1);
		assertThat(details.process()).isIn(found);
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException | BrokenBarrierException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private PeerDetails ofProcess(long pid) {
		return this.lookup.ofProcess(this.root, pid, 0, 0, this.accepted);
	}

	private void process(long pid, String groups) throws IOException {
		Path process = Files.createDirectories(this.directory.resolve("" + pid));
		Files.writeString(process.resolve("stat"), pid + " (x) S" + " 1".repeat(19) + "\n");
		Files.writeString(process.resolve("status"),
				"Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t" + groups + " \n");
		Files.writeString(process.resolve("cgroup"), "0::/system.slice/x.service\n");
	}

}
