package io.github.udsboot.listener.admission;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;

import static org.assertj.core.api.Assertions.assertThat;

class PeerSharesTests {

	private int maxInFlight = 4096;

	@Test
	void ourOwnUserHasNoShare() throws IOException {
		assertThat(new PeerShares(200, this.maxInFlight, (peer) -> true).open(peer(60001)).user()).isNull();
	}

	@Test
	void connectionsOfAUserShareAQuarterAndOtherUsersHaveTheirOwn() throws IOException {
		this.maxInFlight = 8;
		PeerShares shares = new PeerShares(200, this.maxInFlight, (peer) -> false);
		UserShare user = user(shares, 60001);
		assertThat(user(shares, 60001)).isSameAs(user);
		assertThat(user.tryBegin()).isTrue();
		assertThat(user.tryBegin()).isTrue();
		assertThat(user.tryBegin()).isFalse();
		assertThat(user(shares, 60002).tryBegin()).isTrue();
		user.end();
		assertThat(user.tryBegin()).isTrue();
	}

	@Test
	void whatIsUnderWayStillCountsThoughItsConnectionIsClosed() throws IOException {
		this.maxInFlight = 4;
		PeerShares shares = new PeerShares(200, this.maxInFlight, (peer) -> false);
		UserShare user = user(shares, 60001);
		assertThat(user.tryBegin()).isTrue();
		shares.closed(user);
		// another user comes, and those who have left nothing are forgotten
		user(shares, 60002);
		assertThat(user(shares, 60001)).isSameAs(user);
		shares.closed(user);
		user.end();
		user(shares, 60003);
		assertThat(user(shares, 60001)).isNotSameAs(user);
	}

	@Test
	void evenTheSmallestShareIsOne() throws IOException {
		this.maxInFlight = 1;
		assertThat(user(new PeerShares(200, this.maxInFlight, (peer) -> false), 60001).tryBegin()).isTrue();
	}

	private static UserShare user(PeerShares shares, int uid) throws IOException {
		return Objects.requireNonNull(shares.open(peer(uid)).user());
	}

	private static PeerCredentials peer(int uid) throws IOException {
		var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		return new PeerCredentials(lookup.lookupPrincipalByName("" + uid), lookup.lookupPrincipalByGroupName("" + uid),
				null, null, null);
	}

}
