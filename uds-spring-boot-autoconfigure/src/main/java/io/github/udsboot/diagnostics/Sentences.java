package io.github.udsboot.diagnostics;

import org.jspecify.annotations.Nullable;

/**
 * Turns exception messages into sentences.
 */
final class Sentences {

	private Sentences() {
	}

	static String of(@Nullable String message) {
		String text = String.valueOf(message);
		return text.endsWith(".") ? text : text + ".";
	}

}
