package io.github.udsboot.listener;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.UdsListenerStats.Refusal;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AdmissionTests {

	private final UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(Path.of("/tmp/none")));

	@Test
	void aUserGetsNoMoreThanItsShareAndTheOthersTheirs() throws Exception {
		this.options.setMaxConnections(10);
		this.options.setMaxConnectionsPerUser(2);
		Admission admission = new Admission(this.options);
		assertThat(admission.admit(peer(60001))).isNull();
		assertThat(admission.admit(peer(60001))).isNull();
		assertThat(admission.admit(peer(60001))).isEqualTo(Refusal.CONNECTIONS_OF_USER);
		assertThat(admission.admit(peer(60002))).isNull();
		assertThat(admission.connections()).isEqualTo(3);
	}

	@Test
	void aConnectionThatCannotBeMadeTakesNobodysPlace() throws Exception {
		this.options.setMaxConnections(2);
		this.options.setMaxConnectionsPerUser(1);
		Admission admission = new Admission(this.options);
		for (int i = 0; i < 10; i++) {
			assertThat(admission.admit(peer(60001))).isNull();
			admission.takeBack(peer(60001));
		}
		assertThat(admission.connections()).isZero();
	}

	@Test
	void aPeerThatCannotBeCheckedIsRefused() throws Exception {
		this.options.setAuthorizer((peer) -> {
			throw new IllegalStateException("expected by the test");
		});
		Admission admission = new Admission(this.options);
		assertThat(admission.admit(peer(60001))).isEqualTo(Refusal.UNAUTHORIZED);
		assertThat(admission.connections()).isZero();
	}

	@Test
	void theShareOfAUserIsAQuarterByDefault() throws Exception {
		this.options.setMaxConnections(12);
		Admission admission = new Admission(this.options);
		for (int i = 0; i < 3; i++) {
			assertThat(admission.admit(peer(60001))).isNull();
		}
		assertThat(admission.admit(peer(60001))).isEqualTo(Refusal.CONNECTIONS_OF_USER);
	}

	@Test
	void theUserOfThisProcessHasNoShareEvenIfItsNameIsNotKnown() throws Exception {
		this.options.setMaxConnections(5);
		this.options.setMaxConnectionsPerUser(1);
		String name = System.getProperty("user.name");
		System.setProperty("user.name", "?");
		try {
			Admission admission = new Admission(this.options);
			PeerCredentials own = peer((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
			for (int i = 0; i < 5; i++) {
				assertThat(admission.admit(own)).isNull();
			}
			assertThat(admission.admit(own)).isEqualTo(Refusal.CONNECTIONS);
		}
		finally {
			System.setProperty("user.name", name);
		}
	}

	@Test
	void theDescriptorsOfTheProcessBoundTheConnections() {
		this.options.setMaxConnections(Integer.MAX_VALUE);
		assertThat(new Admission(this.options).maxConnections()).isBetween(16, Integer.MAX_VALUE - 1);
	}

	/**
	 * The loop is busy while they connect, so that it has read nothing of any of them.
	 */
	@Test
	void aConnectionWhoseFirstFrameIsThereDoesNotGiveWayToThoseThatSayNothing(@TempDir Path directory)
			throws Exception {
		try (AcceptedConnections connections = new AcceptedConnections(directory)) {
			Admission admission = new Admission(this.options);
			CountDownLatch busy = connections.occupyLoop();
			LoopConnection silent = connections.connect(admission, peer(60001));
			LoopConnection good = connections.connect(admission, peer(60001));
			connections.send(good);
			for (int i = 0; i < Admission.MAX_UNPROVEN; i++) {
				connections.connect(admission, peer(60001));
			}
			busy.countDown();
			Eventually.await("the two oldest were looked at", () -> silent.isClosed() && good.isProven());
			assertThat(silent.closeReason()).isEqualTo(CloseReason.EVICTED);
			assertThat(good.isClosed()).isFalse();
		}
	}

	@Test
	void theUserWithMostConnectionsThatSayNothingGivesWay(@TempDir Path directory) throws Exception {
		try (AcceptedConnections connections = new AcceptedConnections(directory)) {
			Admission admission = new Admission(this.options);
			LoopConnection oldest = connections.connect(admission, peer(60001));
			LoopConnection ofOther = connections.connect(admission, peer(60002));
			for (int i = 0; i < Admission.MAX_UNPROVEN; i++) {
				connections.connect(admission, peer(60002));
			}
			Eventually.await("one has given way", ofOther::isClosed);
			assertThat(ofOther.closeReason()).isEqualTo(CloseReason.EVICTED);
			assertThat(oldest.isClosed()).isFalse();
		}
	}

	private static PeerCredentials peer(int uid) throws IOException {
		var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		UserPrincipal user = lookup.lookupPrincipalByName("" + uid);
		GroupPrincipal group = lookup.lookupPrincipalByGroupName("" + uid);
		return new PeerCredentials(user, group, null, null, null);
	}

}
