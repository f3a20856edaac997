package io.github.udsboot.client;

import java.util.List;
import java.util.Map;

import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;

/**
 * A call that a user asked for.
 *
 * @param route the route with the values of its variables
 * @param template the route as the user wrote it, for the meters
 * @param metadata the headers
 * @param startedAt when the call began
 * @param deadline when the call's deadline passes
 * @param oneWay whether nobody waits for the answer
 */
record Request(String route, String template, Map<String, List<String>> metadata, long startedAt, long deadline,
		boolean oneWay) {

	/** Says that a stream may take as long as it likes. */
	static final long NO_DEADLINE = Long.MAX_VALUE;

	Request(String route, String template, Map<String, List<String>> metadata, long startedAt, long deadline) {
		this(route, template, metadata, startedAt, deadline, false);
	}

	/**
	 * Make the frame.
	 * @param announces whether to say in it what this client understands
	 */
	RequestFrame frame(long streamId, byte[] payload, boolean announces) {
		// never 0, which stands for no deadline; nobody waits for what is sent one way
		long left = this.oneWay ? 0 : Math.max(1, this.deadline - System.nanoTime());
		return new RequestFrame(streamId, this.route, payload, left,
				announces ? Extensions.announce(this.metadata) : this.metadata, this.oneWay ? Kind.ONE_WAY : Kind.UNARY,
				announces);
	}

}
