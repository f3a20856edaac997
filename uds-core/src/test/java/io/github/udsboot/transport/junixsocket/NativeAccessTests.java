package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said when Java denies junixsocket its native library.
 */
@Timeout(60)
class NativeAccessTests {

	@TempDir
	private Path directory;

	@Test
	void theFailureNamesTheOptionWhenNativeAccessIsDenied() throws IOException {
		Assumptions.assumeTrue(Runtime.version().feature() >= 24, "native access can be denied from Java 24 on");
		try (ChildJvm child = ChildJvm.start("--illegal-native-access=deny")) {
			// The second attempt finds a class that could not be initialized
			for (int i = 0; i < 2; i++) {
				assertThat(child.ask("bind", "junixsocket", this.directory.resolve("server.sock"), "rw-------", 0))
					.startsWith(Reason.TRANSPORT_UNAVAILABLE + " ")
					.contains("Java denies it native access", "--enable-native-access=ALL-UNNAMED", "manifest")
					.doesNotContain("tmpdir");
				assertThat(child.ask("connect", "junixsocket", this.directory.resolve("server.sock")))
					.contains("Java denies it native access", "--enable-native-access=ALL-UNNAMED");
			}
			assertThat(child.ask("bind", "jdk", this.directory.resolve("server.sock"), "rw-------", 0))
				.isEqualTo("bound");
		}
	}

	@Test
	void theOptionNamesTheModuleOnTheModulePath() {
		Module module = Object.class.getModule();
		assertThat(module.isNamed()).isTrue();
		assertThat(NativeAccess.remedy(module)).isEqualTo("Start Java with --enable-native-access=java.base.");
		assertThat(NativeAccess.isDenied(module)).isFalse();
	}

}
