package io.github.udsboot.reliability;

import java.util.List;
import java.util.stream.Stream;

/**
 * Something that goes wrong, and the tests that make it go wrong.
 *
 * @param name what goes wrong
 * @param outcome what must happen
 * @param trials the tests
 */
record Fault(String name, String outcome, List<Trial> trials) {

	static Fault of(String name, String outcome, String... trials) {
		return new Fault(name, outcome, Stream.of(trials).map(Trial::of).toList());
	}

	/**
	 * A test method.
	 *
	 * @param type the name of its class
	 * @param method its name
	 * @param rounds how often it makes the fault happen each time it runs
	 */
	record Trial(String type, String method, int rounds) {

		/** Read {@code room.ClassTests#method} or {@code room.ClassTests#method*100}. */
		static Trial of(String text) {
			String[] parts = text.split("[#*]");
			return new Trial("io.github.udsboot." + parts[0], parts[1],
					(parts.length == 3) ? Integer.parseInt(parts[2]) : 1);
		}

		Class<?> testClass() {
			try {
				return Class.forName(this.type);
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public String toString() {
			return this.type.substring(this.type.lastIndexOf('.') + 1) + "." + this.method;
		}

	}

}
