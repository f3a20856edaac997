package io.github.udsboot.converter;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Date;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Runs the converter where neither Jackson nor protobuf-java exist.
 */
class OptionalLibraryTests {

	@Test
	void withoutJacksonAndProtobufTextWorksAndObjectsAreRefusedWithARemedy() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutLibraries(),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> type = loader.loadClass(PayloadConverter.class.getName());
			Object converter = type.getMethod("defaults").invoke(null);
			assertThat(write(converter, "text")).isEqualTo("text".getBytes());
			assertThat(read(converter, new byte[0], String.class)).isEqualTo("");
			assertThatExceptionOfType(InvocationTargetException.class).isThrownBy(() -> write(converter, new Date()))
				.satisfies((ex) -> assertRefused(ex.getCause(), "write java.util.Date"));
			assertThatExceptionOfType(InvocationTargetException.class)
				.isThrownBy(() -> read(converter, new byte[] { 1 }, Date.class))
				.satisfies((ex) -> assertRefused(ex.getCause(), "read java.util.Date"));
		}
	}

	private static void assertRefused(Throwable failure, String what) {
		assertThat(failure.getClass().getName()).isEqualTo(UnsupportedPayloadTypeException.class.getName());
		assertThat(failure).hasMessageContaining(what)
			.hasMessageContaining("tools.jackson.core:jackson-databind")
			.hasMessageContaining("Java serialization is never used");
	}

	private static Object write(Object converter, Object value) throws Exception {
		return converter.getClass().getMethod("toPayload", Object.class).invoke(converter, value);
	}

	private static Object read(Object converter, byte[] payload, Class<?> type) throws Exception {
		return converter.getClass()
			.getMethod("fromPayload", byte[].class, Class.class)
			.invoke(converter, payload, type);
	}

	private static URL[] classPathWithoutLibraries() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("jackson") && !entry.contains("protobuf"))
			.map(OptionalLibraryTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
