package io.github.udsboot.transport.junixsocket;

import java.lang.reflect.Method;

import org.newsclub.net.unix.AFUNIXSocket;

/**
 * Whether this Java allows junixsocket to load its native library. Java 24 and later warn
 * about that unless it is enabled, and deny it if so configured.
 */
final class NativeAccess {

	/** Keeps junixsocket from loading its library at all. */
	private static final String LIBRARY_DISABLED = "org.newsclub.net.unix.library.disable";

	private NativeAccess() {
	}

	/**
	 * Return whether Java denies native access to junixsocket. Before the first attempt
	 * to load the library this determines whether the attempt would be denied or cause a
	 * warning; if only a warning, the attempt enables access.
	 * @return {@code true} if it does; {@code false} before Java 22, which denies nothing
	 */
	static boolean isDenied() {
		return !Boolean.getBoolean(LIBRARY_DISABLED) && isDenied(AFUNIXSocket.class.getModule());
	}

	static boolean isDenied(Module module) {
		try {
			Method isEnabled = Module.class.getMethod("isNativeAccessEnabled");
			return Boolean.FALSE.equals(isEnabled.invoke(module));
		}
		catch (ReflectiveOperationException ex) {
			return false;
		}
	}

	/**
	 * Return how to enable native access.
	 * @return a sentence
	 */
	static String remedy() {
		return remedy(AFUNIXSocket.class.getModule());
	}

	static String remedy(Module module) {
		return module.isNamed() ? "Start Java with --enable-native-access=" + module.getName() + "."
				: "Start Java with --enable-native-access=ALL-UNNAMED, or put 'Enable-Native-Access: ALL-UNNAMED' into "
						+ "the manifest of the executable jar.";
	}

}
