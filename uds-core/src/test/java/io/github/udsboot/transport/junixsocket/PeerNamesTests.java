package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.transport.peer.Accounts;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user and a group are called of whom the numbers are known.
 */
class PeerNamesTests {

	private static final long NOBODY_HAS_IT = 1_234_567;

	@TempDir
	private Path directory;

	private Path processes;

	private PeerNames names;

	private long uid;

	private long gid;

	@BeforeEach
	void createDirectories() throws IOException {
		this.processes = Files.createDirectory(this.directory.resolve("proc"));
		this.names = new PeerNames(this.processes, new Accounts(this.directory));
		this.uid = ((Number) Files.getAttribute(this.directory, "unix:uid")).longValue();
		this.gid = ((Number) Files.getAttribute(this.directory, "unix:gid")).longValue();
	}

	private String ownName() throws IOException {
		return Files.getOwner(this.directory).getName();
	}

	@Test
	void processOfThePeerTellsItsNames() throws IOException {
		Files.createDirectory(this.processes.resolve("42"));
		PeerNames.Principals found = this.names.find(42, this.uid, this.gid);
		assertThat(found.user().getName()).isEqualTo(ownName());
		assertThat(found.user()).isEqualTo(Files.getOwner(this.directory));
	}

	@Test
	void processThatIsAnothersByNowIsNotAsked() throws IOException {
		Files.createDirectory(this.processes.resolve("42"));
		PeerNames.Principals found = this.names.find(42, NOBODY_HAS_IT, NOBODY_HAS_IT);
		assertThat(found.user().getName()).isEqualTo("" + NOBODY_HAS_IT);
		assertThat(found.group().getName()).isEqualTo("" + NOBODY_HAS_IT);
	}

	@Test
	void peerWithoutAProcessIsFoundInTheLists() throws IOException {
		list("passwd", "# users", "broken:line", ":x:" + this.uid + ":0:no name:/:",
				ownName() + ":x:" + this.uid + ":0::/:/bin/sh");
		list("group", "nothing");
		PeerNames.Principals found = this.names.find(0, this.uid, NOBODY_HAS_IT);
		assertThat(found.user().getName()).isEqualTo(ownName());
		assertThat(found.group().getName()).isEqualTo("" + NOBODY_HAS_IT);
	}

	@Test
	void nameThatTheSystemGivesToAnotherNumberOrToNoneIsNotBelieved() throws IOException {
		for (String name : new String[] { ownName(), "no-user-of-this-name" }) {
			list("passwd", name + ":x:" + NOBODY_HAS_IT + ":0::/:");
			list("group", name + ":x:" + NOBODY_HAS_IT + ":");
			PeerNames fresh = new PeerNames(this.processes, new Accounts(this.directory));
			PeerNames.Principals found = fresh.find(0, NOBODY_HAS_IT, NOBODY_HAS_IT);
			assertThat(found.user().getName()).isEqualTo("" + NOBODY_HAS_IT);
			assertThat(found.group().getName()).isEqualTo("" + NOBODY_HAS_IT);
		}
	}

	@Test
	void aCrowdCostsOneLookup() throws IOException {
		Path process = Files.createDirectory(this.processes.resolve("42"));
		PeerNames.Principals found = this.names.find(42, this.uid, this.gid);
		Files.delete(process);
		assertThat(this.names.find(43, this.uid, this.gid)).isSameAs(found);
	}

	@Test
	void theNumberOfTheOwnUserIsTheSamePrincipalAsItsName() throws IOException {
		var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		assertThat(PeerNames.shared().find(ProcessHandle.current().pid(), this.uid, this.gid).user())
			.isEqualTo(lookup.lookupPrincipalByName("" + this.uid));
	}

	private void list(String name, String... lines) throws IOException {
		Files.write(this.directory.resolve(name), java.util.List.of(lines));
	}

}
