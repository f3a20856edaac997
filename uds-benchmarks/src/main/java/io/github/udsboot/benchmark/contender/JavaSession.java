package io.github.udsboot.benchmark.contender;

import java.time.Duration;

import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.worker.PeerClient;
import io.github.udsboot.benchmark.worker.PeerServer;

/**
 * Two JVMs that live through a round, so that the later measures find compiled code.
 */
public final class JavaSession implements Session {

	private final ChildProcess server;

	private final ChildProcess client;

	private JavaSession(ChildProcess server, ChildProcess client) {
		this.server = server;
		this.client = client;
	}

	static JavaSession start(JavaContender contender, Workspace workspace) {
		ChildProcess server = ChildProcess.start(contender.name() + "-server", workspace.java(contender.flags(),
				PeerServer.class, contender.peer(), workspace.socket(contender.name()).toString()), workspace.logs());
		boolean started = false;
		try {
			String address = server.await(Duration.ZERO, PeerServer.READY).substring(PeerServer.READY.length());
			ChildProcess client = ChildProcess.start(contender.name() + "-client",
					workspace.java(contender.flags(), PeerClient.class, contender.peer(), address), workspace.logs());
			client.await(Duration.ZERO, PeerServer.READY);
			started = true;
			return new JavaSession(server, client);
		}
		finally {
			if (!started) {
				server.close();
			}
		}
	}

	@Override
	public LoadResult run(Load load) {
		this.client.say(load.toString());
		return CountedLoad.await(this.client, this.server, load);
	}

	/**
	 * Return what the server has allocated so far.
	 * @return the number of bytes
	 */
	public long serverAllocatedBytes() {
		this.server.say(PeerServer.ALLOCATED);
		String answer = this.server.await(Duration.ZERO, PeerServer.ALLOCATED);
		return Long.parseLong(answer.substring(PeerServer.ALLOCATED.length()).strip());
	}

	/**
	 * Have the client connect, call once and then keep its connections.
	 */
	public void hold() {
		this.client.say(PeerClient.HOLD);
		this.client.await(Duration.ZERO, PeerClient.HOLD);
	}

	/**
	 * Have the client close what it keeps.
	 */
	public void release() {
		this.client.say(PeerClient.RELEASE);
		this.client.await(Duration.ZERO, PeerClient.RELEASE);
	}

	/**
	 * Have the server collect its garbage.
	 */
	public void collect() {
		this.server.say(PeerServer.COLLECT);
		this.server.await(Duration.ZERO, PeerServer.COLLECT);
	}

	/**
	 * Return the server's process id.
	 * @return the id
	 */
	public long serverPid() {
		return this.server.pid();
	}

	/**
	 * Return the client's process id.
	 * @return the id
	 */
	public long clientPid() {
		return this.client.pid();
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

}
