package io.github.udsboot.autoconfigure.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerProcess;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.security.AllowListPeerAuthorizer;

/**
 * Makes of the configured roles what says which peers have them.
 */
final class RolesMapper {

	private static final String KEY = "uds.security.roles";

	private static final String PREFIX = "ROLE_";

	private final Environment environment;

	/**
	 * Create a mapper.
	 * @param environment has the names of the roles as they are written
	 */
	RolesMapper(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Map the roles.
	 * @param roles the properties, by the name of the role
	 * @return the members of each role
	 */
	Map<String, Predicate<PeerCredentials>> map(Map<String, UdsSecurityProperties.Role> roles) {
		checkNames();
		Map<String, Predicate<PeerCredentials>> mapped = new LinkedHashMap<>();
		roles.forEach((name, role) -> mapped.put(name, map(name, role)));
		return mapped;
	}

	private static Predicate<PeerCredentials> map(String name, UdsSecurityProperties.Role role) {
		ConfiguredValues values = new ConfiguredValues(KEY + "." + name);
		if (name.startsWith(PREFIX)) {
			throw new InvalidConfigurationPropertyValueException(values.key("users"), role.getUsers(),
					"The name of a role does not begin with '" + PREFIX + "', which is added.");
		}
		if (role.getUsers() == null && role.getGroups() == null && role.getUnits() == null) {
			throw values.invalid("users", null,
					"The role has neither 'users' nor 'groups' nor 'units': name who has it, or remove it", null);
		}
		Predicate<PeerCredentials> users = lookUp(values, "users", role.getUsers(),
				(names, none) -> AllowListPeerAuthorizer.of(names, none));
		Predicate<PeerCredentials> groups = lookUp(values, "groups", role.getGroups(),
				(names, none) -> AllowListPeerAuthorizer.of(none, names));
		return users.or(groups).or(units(values, role.getUnits()));
	}

	private static Predicate<PeerCredentials> lookUp(ConfiguredValues values, String name,
			@Nullable List<String> members, BiFunction<List<String>, List<String>, AllowListPeerAuthorizer> lookup) {
		if (members == null) {
			return (peer) -> false;
		}
		requireSome(values, name, members);
		return values.convert(name, members, (names) -> lookup.apply(names, List.of()))::allows;
	}

	private static Predicate<PeerCredentials> units(ConfiguredValues values, @Nullable List<String> units) {
		if (units == null) {
			return (peer) -> false;
		}
		requireSome(values, "units", units);
		for (String unit : units) {
			if (unit.indexOf('.') <= 0) {
				throw values.invalid("units", units,
						"'" + unit + "' is no unit: its name has a suffix, such as '.service'", null);
			}
		}
		Set<String> names = Set.copyOf(units);
		return (peer) -> {
			PeerProcess process = peer.process();
			String unit = (process != null) ? process.unit() : null;
			return unit != null && names.contains(unit);
		};
	}

	/**
	 * A list that is set but empty, for instance by a placeholder that resolves to
	 * nothing, is a mistake.
	 */
	private static void requireSome(ConfiguredValues values, String name, List<String> members) {
		if (members.isEmpty()) {
			throw values.invalid(name, members, "It is empty: name at least one, or leave the property out", null);
		}
	}

	/**
	 * Binding drops characters from names in maps, and a role by another name would be
	 * missing where it is asked for.
	 */
	private void checkNames() {
		if (this.environment instanceof ConfigurableEnvironment configurable) {
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable
						&& !(source instanceof SystemEnvironmentPropertySource)) {
					for (String property : enumerable.getPropertyNames()) {
						checkName(property, enumerable);
					}
				}
			}
		}
	}

	private static void checkName(String property, EnumerablePropertySource<?> source) {
		if (!property.startsWith(KEY + ".") || property.startsWith(KEY + ".[")) {
			return;
		}
		String rest = property.substring(KEY.length() + 1);
		int end = rest.indexOf('.');
		String name = (end < 0) ? rest : rest.substring(0, end);
		if (!name.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-')) {
			throw new InvalidConfigurationPropertyValueException(property, source.getProperty(property),
					"Characters other than letters, digits and dashes would be dropped from the name of the role: "
							+ "put it in brackets, '" + KEY + ".[" + name + "]" + rest.substring(name.length())
							+ "' (in YAML \"[" + name + "]\", within quotes).");
		}
	}

}
