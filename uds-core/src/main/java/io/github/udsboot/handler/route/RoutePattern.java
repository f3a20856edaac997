package io.github.udsboot.handler.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A route as registered: segments joined with dots, each of them a literal or a variable
 * in braces, which stands for exactly one segment that is not empty.
 */
public final class RoutePattern implements Comparable<RoutePattern> {

	private static final int MAX_BYTES = 255;

	private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");

	private final String[] segments;

	private final @Nullable String[] variables;

	private final List<String> names = new ArrayList<>();

	private RoutePattern(String[] segments) {
		this.segments = segments;
		this.variables = new @Nullable String[segments.length];
		for (int i = 0; i < segments.length; i++) {
			this.variables[i] = variable(segments[i]);
		}
	}

	/**
	 * Parse a route.
	 * @param route the route, not empty
	 * @return the pattern
	 * @throws IllegalArgumentException if it is invalid; the message says why and what to
	 * do
	 */
	public static RoutePattern parse(String route) {
		if (route.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
			throw new IllegalArgumentException("it is longer than " + MAX_BYTES + " bytes");
		}
		if (route.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException("it has a control character");
		}
		return new RoutePattern(route.split("\\.", -1));
	}

	private @Nullable String variable(String segment) {
		if (segment.isEmpty()) {
			throw new IllegalArgumentException("it has an empty segment, remove the superfluous dot");
		}
		if (segment.contains("${") || segment.contains("#{")) {
			throw new IllegalArgumentException("the placeholder " + segment + " has no value, define the property");
		}
		if (segment.contains("*")) {
			throw new IllegalArgumentException("wildcards are not supported, use a variable such as {name}");
		}
		if (!segment.contains("{") && !segment.contains("}")) {
			return null;
		}
		String name = VARIABLE.matcher(segment).replaceFirst("$1");
		if (!VARIABLE.matcher(segment).matches()) {
			throw new IllegalArgumentException("the segment " + segment
					+ " is neither a literal nor a variable, which is a name in braces and fills a segment");
		}
		if (this.names.contains(name)) {
			throw new IllegalArgumentException("it has the variable {" + name + "} twice, rename one");
		}
		this.names.add(name);
		return name;
	}

	/**
	 * Return the names of the variables.
	 * @return the names in order, empty for a plain route
	 */
	public List<String> names() {
		return this.names;
	}

	int length() {
		return this.segments.length;
	}

	/**
	 * Match a route.
	 * @param route the segments of the route, as many as this pattern has
	 * @return the values of the variables, or {@code null} if the route does not match
	 */
	@Nullable Map<String, String> match(String[] route) {
		for (int i = 0; i < route.length; i++) {
			boolean matches = (this.variables[i] != null) ? !route[i].isEmpty() : route[i].equals(this.segments[i]);
			if (!matches) {
				return null;
			}
		}
		Map<String, String> values = new LinkedHashMap<>();
		for (int i = 0; i < route.length; i++) {
			String name = this.variables[i];
			if (name != null) {
				values.put(name, route[i]);
			}
		}
		return Collections.unmodifiableMap(values);
	}

	/**
	 * Return the form that two patterns share exactly when they match the same routes
	 * with the same precedence.
	 * @return the route with nameless variables
	 */
	String shape() {
		StringBuilder shape = new StringBuilder();
		for (int i = 0; i < this.segments.length; i++) {
			shape.append((i > 0) ? "." : "").append((this.variables[i] != null) ? "{}" : this.segments[i]);
		}
		return shape.toString();
	}

	/**
	 * The more specific pattern first: from left to right a literal goes before a
	 * variable.
	 */
	@Override
	public int compareTo(RoutePattern other) {
		int common = Math.min(length(), other.length());
		for (int i = 0; i < common; i++) {
			boolean literal = this.variables[i] == null;
			if (literal != (other.variables[i] == null)) {
				return literal ? -1 : 1;
			}
		}
		return shape().compareTo(other.shape());
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RoutePattern that && shape().equals(that.shape());
	}

	@Override
	public int hashCode() {
		return shape().hashCode();
	}

}
