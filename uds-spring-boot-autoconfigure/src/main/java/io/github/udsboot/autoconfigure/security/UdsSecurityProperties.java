package io.github.udsboot.autoconfigure.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for Spring Security around the handlers of listeners.
 */
@ConfigurationProperties("uds.security")
public class UdsSecurityProperties {

	/**
	 * Roles of peers, by name without 'ROLE_'. Below a name stand 'users', 'groups' and
	 * 'units', at least one of them; a peer needs to be in one only. A name with
	 * characters other than letters, digits and dashes stands in brackets.
	 */
	private final Map<String, Role> roles = new LinkedHashMap<>();

	public Map<String, Role> getRoles() {
		return this.roles;
	}

	/**
	 * Which peers have a role.
	 */
	public static class Role {

		/**
		 * Users that have the role, by name or number.
		 */
		private @Nullable List<String> users;

		/**
		 * Groups whose members have the role, by name or number.
		 */
		private @Nullable List<String> groups;

		/**
		 * Units of systemd's system manager whose processes have the role, such as
		 * 'nginx.service'.
		 */
		private @Nullable List<String> units;

		public @Nullable List<String> getUsers() {
			return this.users;
		}

		public void setUsers(@Nullable List<String> users) {
			this.users = users;
		}

		public @Nullable List<String> getGroups() {
			return this.groups;
		}

		public void setGroups(@Nullable List<String> groups) {
			this.groups = groups;
		}

		public @Nullable List<String> getUnits() {
			return this.units;
		}

		public void setUnits(@Nullable List<String> units) {
			this.units = units;
		}

	}

}
