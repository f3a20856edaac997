package io.github.udsboot.listener;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

class PeerSharesTests {

	private final UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(Path.of("/tmp/none")));

	@Test
	void ourOwnUserHasNoShare() throws IOException {
		assertThat(new PeerShares(this.options, (peer) -> true).open(peer(60001)).user()).isNull();
	}

	@Test
	void connectionsOfAUserShareAQuarterAndOtherUsersHaveTheirOwn() throws IOException {
		this.options.setMaxInFlight(8);
		PeerShares shares = new PeerShares(this.options, (peer) -> false);
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
		this.options.setMaxInFlight(4);
		PeerShares shares = new PeerShares(this.options, (peer) -> false);
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
		this.options.setMaxInFlight(1);
		assertThat(user(new PeerShares(this.options, (peer) -> false), 60001).tryBegin()).isTrue();
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
