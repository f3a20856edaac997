package io.github.udsboot.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The descriptors and threads of this JVM at a moment, to compare later moments with.
 * Open files do not count, for classes may be loaded in between; elsewhere than on Linux
 * no descriptor does. Nor do JUnit's own threads.
 *
 * @param descriptors how many there are of each kind, such as {@code socket}
 * @param threads the names of the live threads by their ids
 */
public record ProcessResources(Map<String, Integer> descriptors, Map<Long, String> threads) {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	public static ProcessResources now() {
		return new ProcessResources(openDescriptors(), liveThreads());
	}

	private static Map<String, Integer> openDescriptors() {
		Map<String, Integer> descriptors = new TreeMap<>();
		if (!Files.isDirectory(DESCRIPTORS)) {
			return descriptors;
		}
		try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
			for (Path descriptor : all) {
				String target = target(descriptor);
				if (!target.startsWith("/")) {
					descriptors.merge(target.replaceAll("\\[\\d+]", ""), 1, Integer::sum);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return descriptors;
	}

	private static String target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString();
		}
		catch (IOException ex) {
			return "/closed meanwhile";
		}
	}

	private static Map<Long, String> liveThreads() {
		ThreadMXBean bean = ManagementFactory.getThreadMXBean();
		return Arrays.stream(bean.getThreadInfo(bean.getAllThreadIds()))
			.filter((thread) -> thread != null && !isForeign(thread.getThreadName()))
			.collect(Collectors.toMap(ThreadInfo::getThreadId, ThreadInfo::getThreadName));
	}

	private static boolean isForeign(String thread) {
		// The JDK keeps what has waited for a process for a minute
		return thread.startsWith("junit-") || thread.startsWith("process reaper");
	}

	/** Wait until there is no more of any kind of descriptor than at this moment. */
	public void awaitDescriptors() {
		Eventually.assertThat(() -> assertThat(openDescriptors()).allSatisfy(
				(kind, count) -> assertThat(count).isLessThanOrEqualTo(this.descriptors.getOrDefault(kind, 0))));
	}

	/** Wait until all threads have ended that were not there at this moment. */
	public void awaitThreads() {
		Eventually.assertThat(() -> {
			Map<Long, String> started = liveThreads();
			started.keySet().removeAll(this.threads.keySet());
			assertThat(started).isEmpty();
		});
	}

}
