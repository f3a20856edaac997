package io.github.udsboot.benchmark.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.worker.PeerServer;

/**
 * A program in another language: it is started as a server, and for each load as a
 * client.
 *
 * @param name the name on the command line and in the CSV file
 * @param title the name in tables and plots
 * @param program the executable's name
 * @param before its arguments before the side
 * @param after its arguments after the path
 * @param needs what it is built with
 * @param configuration how it is configured
 */
public record ProgramContender(String name, String title, String program, List<String> before, List<String> after,
		String needs, String configuration) implements Contender {

	@Override
	public Optional<String> lacks(Workspace workspace) {
		return workspace.hasProgram(this.program) ? Optional.empty()
				: Optional.of("needs " + this.needs + " to be built with");
	}

	@Override
	public Session start(Workspace workspace) {
		ChildProcess server = ChildProcess.start(this.name + "-server", command(workspace, "server", List.of()),
				workspace.logs());
		server.await(Duration.ZERO, PeerServer.READY);
		return new ProgramSession(workspace, server);
	}

	@Override
	public boolean isCompiledWhileItRuns() {
		return false;
	}

	private List<String> command(Workspace workspace, String side, List<String> load) {
		List<String> arguments = new ArrayList<>(this.before);
		arguments.add(side);
		arguments.add(workspace.socket(this.name).toString());
		arguments.addAll(this.after);
		arguments.addAll(load);
		return workspace.program(this.program, arguments);
	}

	private final class ProgramSession implements Session {

		private final Workspace workspace;

		private final ChildProcess server;

		private ProgramSession(Workspace workspace, ChildProcess server) {
			this.workspace = workspace;
			this.server = server;
		}

		@Override
		public LoadResult run(Load load) {
			List<String> words = List.of(load.toString().split(" "));
			try (ChildProcess client = ChildProcess.start(name() + "-client", command(this.workspace, "client", words),
					this.workspace.logs())) {
				return CountedLoad.await(client, this.server, load);
			}
		}

		@Override
		public void close() {
			this.server.destroy();
			Path socket = this.workspace.socket(name());
			try {
				Files.deleteIfExists(socket);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
