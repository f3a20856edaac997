package io.github.udsboot.listener.admission;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.testsupport.AcceptedConnections;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.UnreadConnections;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AdmissionTests {

	private PeerAuthorizer authorizer = PeerAuthorizer.ACCEPT_ALL;

	private PeerAuthorizer ownUser;

	private int maxConnections = 1024;

	private Integer maxConnectionsPerUser;

	private Admission admission() {
		return new Admission("test", "/run/test.sock", this.authorizer, this.ownUser, this.maxConnections,
				this.maxConnectionsPerUser);
	}

	@Test
	void aUserGetsNoMoreThanItsShareAndTheOthersTheirs() throws Exception {
		this.maxConnections = 10;
		this.maxConnectionsPerUser = 2;
		Admission admission = admission();
		assertThat(admission.admit(peer(60001))).isNull();
		assertThat(admission.admit(peer(60001))).isNull();
		assertThat(admission.admit(peer(60001))).isEqualTo(RefusalReason.CONNECTIONS_OF_USER);
		assertThat(admission.admit(peer(60002))).isNull();
		assertThat(admission.connections()).isEqualTo(3);
	}

	@Test
	void aConnectionThatCannotBeMadeTakesNobodysPlace() throws Exception {
		this.maxConnections = 2;
		this.maxConnectionsPerUser = 1;
		Admission admission = admission();
		for (int i = 0; i < 10; i++) {
			assertThat(admission.admit(peer(60001))).isNull();
			admission.takeBack(peer(60001));
		}
		assertThat(admission.connections()).isZero();
	}

	@Test
	void aPeerThatCannotBeCheckedIsRefused() throws Exception {
		this.authorizer = (peer) -> {
			throw new IllegalStateException("expected by the test");
		};
		Admission admission = admission();
		assertThat(admission.admit(peer(60001))).isEqualTo(RefusalReason.UNAUTHORIZED);
		assertThat(admission.connections()).isZero();
	}

	@Test
	void theShareOfAUserIsAQuarterByDefault() throws Exception {
		this.maxConnections = 12;
		Admission admission = admission();
		for (int i = 0; i < 3; i++) {
			assertThat(admission.admit(peer(60001))).isNull();
		}
		assertThat(admission.admit(peer(60001))).isEqualTo(RefusalReason.CONNECTIONS_OF_USER);
	}

	@Test
	void theUserOfThisProcessHasNoShareEvenIfItsNameIsNotKnown() throws Exception {
		this.maxConnections = 5;
		this.maxConnectionsPerUser = 1;
		String name = System.getProperty("user.name");
		System.setProperty("user.name", "?");
		try {
			Admission admission = admission();
			PeerCredentials own = ownUser();
			for (int i = 0; i < 5; i++) {
				assertThat(admission.admit(own)).isNull();
			}
			assertThat(admission.admit(own)).isEqualTo(RefusalReason.CONNECTIONS);
		}
		finally {
			System.setProperty("user.name", name);
		}
	}

	@Test
	void theDescriptorsOfTheProcessBoundTheConnections() {
		this.maxConnections = Integer.MAX_VALUE;
		assertThat(admission().maxConnections()).isBetween(16, Integer.MAX_VALUE - 1);
	}

	@Test
	void aRequestThatIsInTheSocketIsReadBeforeItsConnectionGivesWay() throws Exception {
		try (UnreadConnections connections = new UnreadConnections(admission())) {
			UnreadConnections.Peer good = connections.connect(peer(60001), RawClient.request(1, "echo", new byte[20]));
			for (int i = 0; i < 1000; i++) {
				connections.connect(peer(60001));
			}
			connections.awaitEvicted(1000 - Admission.MAX_UNPROVEN);
			assertThat(good.isProven()).isTrue();
			assertThat(good.closeReason()).isNull();
		}
	}

	@Test
	void aRequestThatFillsTheSocketIsReadBeforeItsConnectionGivesWay() throws Exception {
		try (UnreadConnections connections = new UnreadConnections(admission())) {
			UnreadConnections.Peer good = connections.connect(peer(60001),
					RawClient.request(1, "echo", new byte[300 << 10]));
			for (int i = 0; i < Admission.MAX_UNPROVEN + 10; i++) {
				connections.connect(peer(60001));
			}
			connections.awaitEvicted(10);
			assertThat(good.isProven()).isTrue();
			assertThat(good.closeReason()).isNull();
		}
	}

	@Test
	void partOfARequestDoesNotKeepAPlace() throws Exception {
		try (UnreadConnections connections = new UnreadConnections(admission())) {
			byte[] request = RawClient.request(1, "echo", new byte[20]);
			UnreadConnections.Peer dripper = connections.connect(peer(60001),
					Arrays.copyOf(request, request.length - 1));
			for (int i = 0; i < Admission.MAX_UNPROVEN; i++) {
				connections.connect(peer(60001));
			}
			connections.awaitEvicted(1);
			assertThat(dripper.closeReason()).isEqualTo(CloseReason.EVICTED);
		}
	}

	@Test
	void theUserWhoHasMostGivesWay() throws Exception {
		try (UnreadConnections connections = new UnreadConnections(admission())) {
			List<UnreadConnections.Peer> ours = new ArrayList<>();
			for (int i = 0; i < Admission.MAX_UNPROVEN / 2; i++) {
				ours.add(connections.connect(ownUser()));
			}
			for (int i = 0; i < 1000; i++) {
				connections.connect(peer(60001));
			}
			connections.awaitEvicted(1000 - Admission.MAX_UNPROVEN / 2);
			assertThat(ours).allSatisfy((peer) -> assertThat(peer.closeReason()).isNull());
			List<UnreadConnections.Peer> more = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				more.add(connections.connect(peer(60002 + i)));
			}
			connections.awaitEvicted(1003 - Admission.MAX_UNPROVEN / 2);
			assertThat(more).allSatisfy((peer) -> assertThat(peer.closeReason()).isNull());
		}
	}

	@Test
	void betweenUsersWhoHaveAsManyOursKeepsItsPlaces() throws Exception {
		for (boolean oursFirst : new boolean[] { true, false }) {
			try (UnreadConnections connections = new UnreadConnections(admission())) {
				List<UnreadConnections.Peer> ours = new ArrayList<>();
				List<UnreadConnections.Peer> others = new ArrayList<>();
				for (int i = 0; i < Admission.MAX_UNPROVEN / 2; i++) {
					if (oursFirst) {
						ours.add(connections.connect(ownUser()));
						others.add(connections.connect(peer(60001)));
					}
					else {
						others.add(connections.connect(peer(60001)));
						ours.add(connections.connect(ownUser()));
					}
				}
				connections.connect(peer(60002));
				connections.awaitEvicted(1);
				assertThat(others.get(0).closeReason()).isEqualTo(CloseReason.EVICTED);
				assertThat(ours).allSatisfy((peer) -> assertThat(peer.closeReason()).isNull());
			}
		}
	}

	@Test
	void aRequestThatIsInTheSocketIsReadBeforeTheTimeForItIsUp() throws Exception {
		ConnectionClocks clocks = new ConnectionClocks(Duration.ofMillis(1), Duration.ZERO, Duration.ZERO,
				Duration.ZERO);
		try (UnreadConnections connections = new UnreadConnections(admission(), clocks)) {
			UnreadConnections.Peer good = connections.connect(peer(60001), RawClient.request(1, "echo", new byte[20]));
			UnreadConnections.Peer silent = connections.connect(peer(60001));
			Eventually.await("the silent one is closed", () -> silent.closeReason() == CloseReason.FIRST_FRAME_TIMEOUT);
			Eventually.await("the good one is read", good::isProven);
			assertThat(good.closeReason()).isNull();
		}
	}

	/**
	 * The loop is busy while they connect, so that it has read nothing of any of them.
	 */
	@Test
	void aConnectionWhoseFirstFrameIsThereDoesNotGiveWayToThoseThatSayNothing(@TempDir Path directory)
			throws Exception {
		try (AcceptedConnections connections = new AcceptedConnections(directory)) {
			Admission admission = admission();
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
			Admission admission = admission();
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

	private static PeerCredentials ownUser() throws IOException {
		return peer((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
	}

	private static PeerCredentials peer(int uid) throws IOException {
		var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		UserPrincipal user = lookup.lookupPrincipalByName("" + uid);
		GroupPrincipal group = lookup.lookupPrincipalByGroupName("" + uid);
		return new PeerCredentials(user, group, null, null, null);
	}

}
