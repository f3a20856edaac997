package io.github.udsboot.springsecurity;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.util.Assert;

import io.github.udsboot.PeerIdentity;

/**
 * The authentication of a peer, which the kernel has made. Its principal is the
 * {@link PeerIdentity}, today always {@link io.github.udsboot.PeerCredentials}; its name
 * is that of the user. The authorities are determined when they are first asked for, and
 * stay. Immutable in all that can be seen of it, and thread-safe.
 *
 * <p>
 * Not serializable, although {@link Authentication} is: it belongs to a connection, and
 * nobody could vouch for what is read back.
 */
public final class UdsPeerAuthentication implements Authentication {

	private static final long serialVersionUID = 1L;

	private final transient PeerIdentity peer;

	private final transient @Nullable Object details;

	private final transient PeerAuthoritiesMapper mapper;

	private final transient boolean authenticated;

	private final transient AtomicReference<@Nullable List<GrantedAuthority>> authorities = new AtomicReference<>();

	/**
	 * Create an authentication.
	 * @param peer the peer
	 * @param details what else is known, usually {@link UdsPeerAuthenticationDetails}, or
	 * {@code null}
	 * @param mapper says which authorities the peer has
	 */
	public UdsPeerAuthentication(PeerIdentity peer, @Nullable Object details, PeerAuthoritiesMapper mapper) {
		this(peer, details, mapper, true);
	}

	private UdsPeerAuthentication(PeerIdentity peer, @Nullable Object details, PeerAuthoritiesMapper mapper,
			boolean authenticated) {
		this.peer = Objects.requireNonNull(peer, "There must be a peer");
		this.details = details;
		this.mapper = Objects.requireNonNull(mapper, "There must be a mapper");
		this.authenticated = authenticated;
	}

	/**
	 * Return the authorities. The mapper is asked when this is first called.
	 * @return the authorities, always the same
	 */
	@Override
	public Collection<? extends GrantedAuthority> getAuthorities() {
		return mappedAuthorities();
	}

	private List<GrantedAuthority> mappedAuthorities() {
		List<GrantedAuthority> authorities = this.authorities.get();
		if (authorities != null) {
			return authorities;
		}
		// Two threads may both ask: no lock is held while the mapper works
		List<GrantedAuthority> mapped = List.copyOf(this.mapper.mapAuthorities(this.peer));
		List<GrantedAuthority> earlier = this.authorities.compareAndExchange(null, mapped);
		return (earlier != null) ? earlier : mapped;
	}

	/**
	 * Return the credentials, of which there are none.
	 * @return always {@code null}
	 */
	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

	/**
	 * Return what else is known of the peer.
	 * @return usually {@link UdsPeerAuthenticationDetails}
	 */
	@Override
	public @Nullable Object getDetails() {
		return this.details;
	}

	/**
	 * Return who calls.
	 * @return the peer
	 */
	@Override
	public PeerIdentity getPrincipal() {
		return this.peer;
	}

	@Override
	public String getName() {
		return this.peer.getName();
	}

	@Override
	public boolean isAuthenticated() {
		return this.authenticated;
	}

	/**
	 * Not supported.
	 * @throws IllegalArgumentException always
	 */
	@Override
	public void setAuthenticated(boolean isAuthenticated) {
		throw new IllegalArgumentException("The authentication of a peer cannot be changed. toBuilder() makes another, "
				+ "for a SecurityContext of your own");
	}

	/**
	 * Create a builder of an authentication of the same peer, for instance with more
	 * authorities. Asks for the authorities.
	 * @return a new builder
	 */
	@Override
	public Builder toBuilder() {
		return new Builder(this);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof UdsPeerAuthentication that && this.peer.equals(that.peer)
				&& Objects.equals(this.details, that.details) && this.authenticated == that.authenticated
				&& mappedAuthorities().equals(that.mappedAuthorities()));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.peer, this.details);
	}

	@Override
	public String toString() {
		List<GrantedAuthority> known = this.authorities.get();
		return "UdsPeerAuthentication [" + this.peer + ", authenticated=" + this.authenticated + ", details="
				+ this.details + ((known != null) ? ", authorities=" + known : "") + "]";
	}

	private void writeObject(ObjectOutputStream stream) throws NotSerializableException {
		throw new NotSerializableException(UdsPeerAuthentication.class.getName()
				+ ": the authentication of a peer ends with its connection. Store its name and authorities instead");
	}

	/**
	 * Builds an authentication of the same peer. Not thread-safe.
	 */
	public static final class Builder implements Authentication.Builder<Builder> {

		private PeerIdentity peer;

		private @Nullable Object details;

		private boolean authenticated;

		private final Collection<GrantedAuthority> authorities;

		private Builder(UdsPeerAuthentication authentication) {
			this.peer = authentication.peer;
			this.details = authentication.details;
			this.authenticated = authentication.authenticated;
			this.authorities = new ArrayList<>(authentication.getAuthorities());
		}

		@Override
		public Builder authorities(Consumer<Collection<GrantedAuthority>> authorities) {
			authorities.accept(this.authorities);
			return this;
		}

		@Override
		public Builder details(@Nullable Object details) {
			this.details = details;
			return this;
		}

		/**
		 * Set the principal.
		 * @param principal a {@link PeerIdentity}
		 * @return this builder
		 * @throws IllegalArgumentException if it is of another type
		 */
		@Override
		public Builder principal(@Nullable Object principal) {
			Assert.isInstanceOf(PeerIdentity.class, principal, "The principal must be the peer");
			this.peer = (PeerIdentity) principal;
			return this;
		}

		@Override
		public Builder authenticated(boolean authenticated) {
			this.authenticated = authenticated;
			return this;
		}

		@Override
		public UdsPeerAuthentication build() {
			List<GrantedAuthority> authorities = Collections.unmodifiableList(new ArrayList<>(this.authorities));
			return new UdsPeerAuthentication(this.peer, this.details, (peer) -> authorities, this.authenticated);
		}

	}

}
