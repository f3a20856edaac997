package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

import io.github.udsboot.testsupport.ChildJvm;

/**
 * Who runs the tests.
 */
public final class TestUser {

	private TestUser() {
	}

	public static boolean isRoot() {
		return ProcessUser.uid() == 0;
	}

	public static void assumeRoot() {
		Assumptions.assumeTrue(isRoot(), "only root can act as another user");
	}

	/**
	 * Give a file to another user; only root can.
	 * @param path the file, itself if it is a link
	 * @throws IOException if that fails
	 */
	public static void giveAway(Path path) throws IOException {
		Files.setAttribute(path, "unix:uid", ChildJvm.NOBODY, LinkOption.NOFOLLOW_LINKS);
	}

}
