package io.github.udsboot.benchmark.contender;

import java.util.List;
import java.util.Optional;

/**
 * A technology in Java.
 *
 * @param name the name on the command line and in the CSV file
 * @param title the name in tables and plots
 * @param peer the name of the technology's configuration in its processes
 * @param flags further flags of the JVM
 * @param minimumJdk the JDK it needs
 * @param configuration how it is configured
 */
public record JavaContender(String name, String title, String peer, List<String> flags, int minimumJdk,
		String configuration) implements Contender {

	@Override
	public Optional<String> lacks(Workspace workspace) {
		return (Runtime.version().feature() >= this.minimumJdk) ? Optional.empty()
				: Optional.of("needs JDK " + this.minimumJdk);
	}

	@Override
	public boolean isCompiledWhileItRuns() {
		return true;
	}

	@Override
	public JavaSession start(Workspace workspace) {
		return JavaSession.start(this, workspace);
	}

}
