package io.github.udsboot.connection;

import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Test;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

class RefusedConnectionsTests {

	@Test
	void whenASocketCannotBeRegisteredForAnyReasonThenNothingIsLeftOfIt() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (Selector selector = Selector.open()) {
			EventLoop loop = new EventLoop(selector, new HandoverWatcher(), new BoundedExecutor(threads, 1),
					new ConnectionLimits(1 << 20, ConnectionClocks.DEFAULTS, null));
			// cannot be registered, and throws what is no IOException
			FakeSocket socket = new FakeSocket();
			new RefusedConnections(loop).add(socket, new EncodedFrame(new byte[] { 1 }, new byte[0]), 1);
			assertThat(socket.isOpen()).isFalse();
			List<LoopMember> left = new ArrayList<>();
			loop.members().forEach(left::add);
			assertThat(left).isEmpty();
		}
		finally {
			threads.shutdownNow();
		}
	}

}
