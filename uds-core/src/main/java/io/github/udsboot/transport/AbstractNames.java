package io.github.udsboot.transport;

import org.jspecify.annotations.Nullable;

/**
 * Tells at which abstract names servers listen, without connecting to them: the kernel
 * lists all sockets of the network namespace in {@code /proc/net/unix}.
 */
public final class AbstractNames {

	private AbstractNames() {
	}

	/**
	 * Return whether a server is known to listen at a name.
	 * @param name the name, in the requested form
	 * @return {@code true} if one does; {@code false} if none does or it cannot be
	 * determined
	 */
	public static boolean isListening(UdsAddress name) {
		return ListeningSockets.ofSystem().contains(name);
	}

	/**
	 * Look for a server that listens at the same name in the other form.
	 * @param name the name
	 * @return the other form, or {@code null} if no server is known to listen there
	 */
	public static @Nullable UdsAddress listeningInOtherForm(UdsAddress name) {
		UdsAddress other = name.otherForm();
		return (!other.equals(name) && isListening(other)) ? other : null;
	}

	/**
	 * Describe a form of a name in words.
	 * @param name the name
	 * @return an adjective, and which programs use such names
	 */
	static String describe(UdsAddress name) {
		return name.isPadded() ? "padded with NUL characters, as HAProxy's abns@ and Node before 21.7 have it"
				: "exact, as most programs have it";
	}

}
