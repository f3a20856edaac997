package io.github.udsboot.guard;

import org.jspecify.annotations.Nullable;

/**
 * The text of application objects, whose {@code toString} may throw.
 */
public final class ForeignText {

	private ForeignText() {
	}

	/**
	 * Return the text of an object, for use in a message.
	 * @param object the object, such as a failure
	 * @return its text, or the name of its class if {@code toString} fails
	 */
	public static String of(@Nullable Object object) {
		try {
			return String.valueOf(object);
		}
		catch (Throwable ex) {
			return (object != null) ? object.getClass().getName() : "null";
		}
	}

}
