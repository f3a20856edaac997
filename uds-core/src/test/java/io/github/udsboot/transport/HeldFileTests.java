package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Files that are reached whatever happens to their names.
 */
class HeldFileTests {

	@TempDir
	private Path top;

	@Test
	@EnabledOnOs(OS.LINUX)
	void theDirectoryIsReachedThoughAnotherHasItsName() throws IOException {
		Path directory = Files.createDirectory(this.top.resolve("directory"));
		try (HeldFile first = HeldFile.directory(directory); HeldFile held = HeldFile.directory(directory)) {
			assertThat(held.isCertain()).isTrue();
			assertThat(held.path()).as("each has its own descriptor").isNotEqualTo(first.path());
			Files.move(directory, this.top.resolve("moved"));
			Files.createDirectory(directory);
			Files.createFile(held.path().resolve("file"));
			assertThat(this.top.resolve("moved/file")).exists();
			assertThat(directory).isEmptyDirectory();
			assertThat(FileIdentity.of(this.top.resolve("moved")).isSameFile(held.identity())).isTrue();
		}
	}

	@Test
	void whereTheSystemHasNoSuchPathTheNameIsUsed() throws IOException {
		Path directory = Files.createDirectory(this.top.resolve("directory"));
		try (HeldFile held = HeldFile.directory(directory, this.top.resolve("nothing"))) {
			assertThat(held.isCertain()).isFalse();
			assertThat(held.path()).isEqualTo(directory);
			assertThat(held.identity()).isEqualTo(FileIdentity.of(directory));
			Files.delete(directory);
			assertThat(held.identity()).isNull();
		}
	}

	@Test
	void aLinkIsNotFollowed() throws IOException {
		Path link = Files.createSymbolicLink(this.top.resolve("link"), this.top);
		assertThatIOException().isThrownBy(() -> HeldFile.directory(link).close());
	}

}
