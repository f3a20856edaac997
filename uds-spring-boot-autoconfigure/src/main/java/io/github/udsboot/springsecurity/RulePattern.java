package io.github.udsboot.springsecurity;

import java.util.Arrays;

/**
 * A pattern of a rule, which is matched with routes as handlers have them and never with
 * what a peer has sent. A segment of it is a literal, {@code *} or a name in braces for
 * any one segment, or {@code **} at the end for any number of them. Immutable and
 * thread-safe.
 */
final class RulePattern {

	private static final String ANY_NUMBER = "**";

	private final String text;

	private final String[] segments;

	private final boolean open;

	/**
	 * Parse a pattern.
	 * @param text the pattern
	 * @throws IllegalArgumentException if it is invalid
	 */
	RulePattern(String text) {
		this.text = text;
		String[] segments = text.split("\\.", -1);
		this.open = segments[segments.length - 1].equals(ANY_NUMBER);
		this.segments = this.open ? Arrays.copyOf(segments, segments.length - 1) : segments;
		for (String segment : this.segments) {
			if (segment.isEmpty()) {
				throw invalid("a segment is empty");
			}
			if (segment.contains("*") && !segment.equals("*")) {
				throw invalid(segment.equals(ANY_NUMBER) ? "'**' must be its last segment"
						: "'*' stands for a whole segment, and cannot be a part of one");
			}
		}
	}

	private IllegalArgumentException invalid(String reason) {
		return new IllegalArgumentException("The pattern '" + this.text + "' is invalid: " + reason);
	}

	/**
	 * Return whether a route matches.
	 * @param template the route with its variables, empty for a handler without one
	 * @return whether all of its segments match
	 */
	boolean matches(String template) {
		String[] route = template.isEmpty() ? new String[0] : template.split("\\.", -1);
		if (this.open ? route.length < this.segments.length : route.length != this.segments.length) {
			return false;
		}
		for (int i = 0; i < this.segments.length; i++) {
			if (!isAny(this.segments[i]) && !this.segments[i].equals(route[i])) {
				return false;
			}
		}
		return true;
	}

	private static boolean isAny(String segment) {
		return segment.equals("*") || segment.startsWith("{");
	}

	@Override
	public String toString() {
		return this.text;
	}

}
