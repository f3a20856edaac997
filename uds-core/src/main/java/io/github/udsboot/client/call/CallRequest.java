package io.github.udsboot.client.call;

import java.util.List;
import java.util.Map;

import io.github.udsboot.connection.HostClock;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;

/**
 * A call requested by a user.
 *
 * @param route the route with the values of its variables
 * @param template the route as the user wrote it, for the meters
 * @param metadata the headers
 * @param startedAt when the call began
 * @param deadline when the call's deadline passes
 * @param oneWay whether no caller waits for the answer
 */
public record CallRequest(String route, String template, Map<String, List<String>> metadata, long startedAt,
		long deadline, boolean oneWay) {

	/** Marks a stream without a time limit. */
	public static final long NO_DEADLINE = Long.MAX_VALUE;

	public CallRequest(String route, String template, Map<String, List<String>> metadata, long startedAt,
			long deadline) {
		this(route, template, metadata, startedAt, deadline, false);
	}

	/**
	 * Make the frame. No caller waits for a one-way request, so it has no deadline.
	 * @param form what to include
	 */
	public RequestFrame frame(long streamId, byte[] payload, RequestForm form) {
		if (this.oneWay) {
			return (form == RequestForm.ANNOUNCING) ? announcing(streamId, payload, 0)
					: new RequestFrame(streamId, this.route, payload, 0, this.metadata, Kind.ONE_WAY);
		}
		if (form == RequestForm.ON_HOST_CLOCK) {
			return new RequestFrame(streamId, this.route, payload, this.deadline, this.metadata, Kind.UNARY, false,
					true);
		}
		long now = System.nanoTime();
		// never 0, which means no deadline
		long left = Math.max(1, this.deadline - now);
		return switch (form) {
			case ANNOUNCING -> announcing(streamId, payload, left);
			case EARLY -> new RequestFrame(streamId, this.route, payload, left, dated(this.metadata, this.deadline),
					Kind.UNARY, true);
			default -> new RequestFrame(streamId, this.route, payload, left, this.metadata, Kind.UNARY);
		};
	}

	private RequestFrame announcing(long streamId, byte[] payload, long left) {
		String clock = HostClock.id();
		Map<String, List<String>> announcing;
		if (clock != null) {
			long deadline = this.oneWay ? HostTime.NO_DEADLINE : this.deadline;
			announcing = Extensions.announce(this.metadata, new HostTime(clock, System.nanoTime(), deadline));
		}
		else {
			announcing = Extensions.announce(this.metadata);
		}
		return new RequestFrame(streamId, this.route, payload, left, announcing,
				this.oneWay ? Kind.ONE_WAY : Kind.UNARY, true);
	}

	/** Add the deadline to the metadata of a request. */
	public static Map<String, List<String>> dated(Map<String, List<String>> metadata, long deadline) {
		String clock = HostClock.id();
		return (clock != null) ? new HostTime(clock, System.nanoTime(), deadline).in(metadata) : metadata;
	}

}
