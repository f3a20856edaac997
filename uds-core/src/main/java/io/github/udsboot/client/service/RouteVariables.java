package io.github.udsboot.client.service;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of a route, by the rules for the routes of handlers.
 */
final class RouteVariables {

	private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");

	private RouteVariables() {
	}

	/**
	 * Return the names of the variables.
	 * @param route the route
	 * @return the names in order
	 * @throws IllegalArgumentException if the route is invalid; the message names the
	 * problem and the remedy
	 */
	static List<String> names(String route) {
		if (route.isEmpty()) {
			throw new IllegalArgumentException("it has no route, name one in @UdsExchange");
		}
		if (route.contains("${") || route.contains("#{")) {
			throw invalid(route, "has a placeholder without a value, define the property");
		}
		List<String> names = new ArrayList<>();
		for (String segment : route.split("\\.", -1)) {
			if (segment.isEmpty()) {
				throw invalid(route, "has an empty segment, remove the superfluous dot");
			}
			Matcher matcher = VARIABLE.matcher(segment);
			if (matcher.matches()) {
				String name = matcher.group(1);
				if (names.contains(name)) {
					throw invalid(route, "has the variable {" + name + "} twice, rename one");
				}
				names.add(name);
			}
			else if (segment.contains("{") || segment.contains("}")) {
				throw invalid(route, "has the segment " + segment
						+ ", which is neither a literal nor a variable: a variable is a name in braces and fills a "
						+ "segment");
			}
		}
		return names;
	}

	private static IllegalArgumentException invalid(String route, String problem) {
		return new IllegalArgumentException("its route '" + route + "' " + problem);
	}

}
