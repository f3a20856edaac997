package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;

/**
 * Streams between ours and containerd's ttrpc, in Go, both ways.
 */
class GoTtrpcStreamInteropTests extends TtrpcStreamContractTests {

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@Override
	protected TtrpcCallOutcome call(Path socket, String... arguments) {
		return GoPrograms.callTtrpc(socket, arguments);
	}

	@Override
	protected InteropProcess startServer(Path socket) {
		return GoPrograms.startTtrpcServer(socket);
	}

}
