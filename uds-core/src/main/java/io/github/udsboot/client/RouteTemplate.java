package io.github.udsboot.client;

/**
 * Replaces the variables of a route with values.
 */
final class RouteTemplate {

	private RouteTemplate() {
	}

	static String expand(String template, Object... variables) {
		StringBuilder route = new StringBuilder(template.length());
		int from = 0;
		int used = 0;
		int open = template.indexOf('{');
		while (open >= 0) {
			int close = template.indexOf('}', open);
			if (close < 0 || used == variables.length) {
				break;
			}
			String value = String.valueOf(variables[used++]);
			if (value.isEmpty() || value.indexOf('.') >= 0) {
				throw new IllegalArgumentException(
						"The value '" + value + "' of " + template.substring(open, close + 1) + " in the route '"
								+ template + "' is empty or holds a dot, which separates the parts of a route");
			}
			route.append(template, from, open).append(value);
			from = close + 1;
			open = template.indexOf('{', from);
		}
		if (open >= 0 || used < variables.length) {
			throw new IllegalArgumentException(
					"The route '" + template + "' does not have " + variables.length + " variables");
		}
		return route.append(template, from, template.length()).toString();
	}

}
