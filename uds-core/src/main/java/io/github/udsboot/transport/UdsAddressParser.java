package io.github.udsboot.transport;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an address as users write it. A text meant for another program or for a shell is
 * refused: taken as a path, it would create a directory with a strange name.
 */
final class UdsAddressParser {

	/** The prefix of a padded name, without its colon. */
	static final String PADDED = "unix-abstract-padded";

	private static final String ABSTRACT = "unix-abstract";

	private static final Set<String> KNOWN = Set.of("unix", ABSTRACT, PADDED);

	// At least two letters: one is a drive of Windows
	private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)", Pattern.DOTALL);

	private static final Pattern HAPROXY = Pattern.compile("(abns|abnsz|unix)@(.*)", Pattern.DOTALL);

	// What a shell, systemd or an env file would already have expanded
	private static final Pattern UNEXPANDED = Pattern.compile("(~[^/]*/|~$|[$%][^/]+/|[\"']).*", Pattern.DOTALL);

	private UdsAddressParser() {
	}

	static UdsAddress parse(String text) {
		if (text.indexOf('\0') >= 0) {
			throw invalid(text.replace("\0", "\\0"),
					"it holds a NUL character. An abstract name is written without one, behind '@'");
		}
		if (text.isBlank()) {
			throw invalid(text, "it is empty. Give a path, or '@' and an abstract name");
		}
		if (text.startsWith("@")) {
			return abstractName(text, text.substring(1), false);
		}
		Matcher scheme = SCHEME.matcher(text);
		if (scheme.matches() && KNOWN.contains(scheme(scheme))) {
			String rest = withoutAuthority(text, scheme.group(2));
			return switch (scheme(scheme)) {
				case ABSTRACT -> abstractName(text, rest, false);
				case PADDED -> abstractName(text, rest, true);
				default -> {
					checkNoAbstractName(text, rest);
					yield path(text, rest);
				}
			};
		}
		return path(text, text);
	}

	static UdsAddress parse(Path path) {
		return path.isAbsolute() ? UdsAddress.ofPath(path) : path(path.toString(), path.toString());
	}

	private static String scheme(Matcher matcher) {
		return matcher.group(1).toLowerCase(Locale.ROOT);
	}

	/** A URI may have a host between its slashes; a socket has none. */
	private static String withoutAuthority(String text, String rest) {
		if (!rest.startsWith("//")) {
			return rest;
		}
		String path = rest.substring(2);
		if (!path.isEmpty() && !path.startsWith("/")) {
			checkNoAbstractName(text, path);
			String scheme = text.substring(0, text.length() - rest.length());
			throw invalid(text, "between the slashes there would be the name of a host. Write '" + scheme + "///" + path
					+ "' for an absolute path, or '" + scheme + path + "' for what is none");
		}
		return path;
	}

	/** To gRPC for Go this is an abstract name, to gRPC for C a file. */
	private static void checkNoAbstractName(String text, String path) {
		if (path.startsWith("@")) {
			throw invalid(text, "write '" + path + "' or 'unix-abstract:" + path.substring(1)
					+ "' for an abstract name, or 'unix:./" + path + "' for a file of that name");
		}
	}

	private static UdsAddress abstractName(String text, String name, boolean padded) {
		if (name.isEmpty()) {
			throw invalid(text, "the abstract name is missing");
		}
		return UdsAddress.ofAbstractName(name, padded);
	}

	private static UdsAddress path(String text, String path) {
		if (path.isEmpty()) {
			throw invalid(text, "the path is missing");
		}
		if (!path.equals(path.strip())) {
			throw invalid(text, "there is white space around the path. Take it away");
		}
		Matcher haproxy = HAPROXY.matcher(path);
		if (haproxy.matches()) {
			String prefix = switch (haproxy.group(1)) {
				case "abns" -> PADDED;
				case "abnsz" -> ABSTRACT;
				default -> "unix";
			};
			throw invalid(text, "'" + haproxy.group(1) + "@' is HAProxy's word. Write '" + prefix + ":"
					+ haproxy.group(2) + "', or './" + path + "' for a file of that name");
		}
		Matcher scheme = SCHEME.matcher(path);
		if (scheme.matches() && KNOWN.contains(scheme(scheme))) {
			throw invalid(text, "as a path it begins with a directory named '" + scheme.group(1)
					+ ":'. Give it as a text, or write './" + path + "' if that is meant");
		}
		if (scheme.matches()) {
			throw invalid(text, "'" + scheme.group(1) + ":' before a Unix domain socket is not known. "
					+ "Give a path, or write './" + path + "' if a file has that name");
		}
		if (UNEXPANDED.matcher(path).matches()) {
			throw invalid(text, unexpanded(path));
		}
		Path parsed = Path.of(path);
		Path name = parsed.getFileName();
		if (name != null && (name.toString().equals(".") || name.toString().equals(".."))) {
			throw invalid(text, "it is a directory. Add the name of the socket");
		}
		return UdsAddress.ofPath(parsed);
	}

	private static String unexpanded(String path) {
		return switch (path.charAt(0)) {
			case '~' -> "no shell is here to replace the '~'. Write the directory out" + (path.startsWith("~/")
					? ", or '${user.home}" + path.substring(1) + "' in a property of Spring" : "");
			case '$', '%' -> "no shell and no systemd is here to replace '" + path.substring(0, path.indexOf('/'))
					+ "'. Write the directory out, or '${NAME}' for an environment variable in a property of Spring";
			default -> "it begins with a quotation mark. Take it away";
		};
	}

	private static IllegalArgumentException invalid(String text, String problem) {
		return new IllegalArgumentException("'" + text + "' is no socket path: " + problem);
	}

}
