package io.github.udsboot.connection;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which clock runs while a peer reads nothing.
 */
class StallClockTests {

	private static final ConnectionClocks CLOCKS = new ConnectionClocks(Duration.ZERO, Duration.ZERO,
			Duration.ofSeconds(1), Duration.ofHours(1), Duration.ZERO);

	private final FakeSocket socket = new FakeSocket();

	private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

	private final StallClock clock = new StallClock(this.outbox);

	@Test
	void aStreamHasItsClockUntilItsLastFrameIsTaken() throws Exception {
		StreamStall stream = this.clock.beginStream();
		this.socket.makeRoom(4);
		offer("item");
		stream.queuesLast();
		offer("last");
		assertThat(flush()).isEqualTo(Flush.BLOCKED);
		stream.end();
		assertThat(this.clock.timeout(CLOCKS)).isEqualTo(CLOCKS.streamStall());
		this.socket.makeRoom(100);
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		this.clock.written();
		assertThat(this.clock.timeout(CLOCKS)).isEqualTo(CLOCKS.stall());
	}

	/** The thread that ends the stream may have no processor between its two steps. */
	@Test
	void whatAPeerHasQueuedAfterTheLastFrameDoesNotKeepTheClockOfTheStream() throws Exception {
		StreamStall stream = this.clock.beginStream();
		this.socket.makeRoom(8);
		offer("item");
		stream.queuesLast();
		offer("last");
		assertThat(flush()).isEqualTo(Flush.DONE);
		offer("answer to something else");
		assertThat(flush()).isEqualTo(Flush.BLOCKED);
		stream.end();
		assertThat(this.clock.timeout(CLOCKS)).isEqualTo(CLOCKS.stall());
	}

	@Test
	void aStreamThatHasNotEndedKeepsItsClock() throws Exception {
		this.clock.beginStream();
		offer("item");
		assertThat(flush()).isEqualTo(Flush.DONE);
		assertThat(this.clock.timeout(CLOCKS)).isEqualTo(CLOCKS.streamStall());
		this.clock.endOwnStream();
		assertThat(this.clock.timeout(CLOCKS)).isEqualTo(CLOCKS.stall());
	}

	private Flush flush() throws Exception {
		Flush outcome = this.outbox.flush();
		this.clock.written();
		return outcome;
	}

	private void offer(String text) {
		this.outbox.offer(new EncodedFrame(text.getBytes(), new byte[0]));
	}

}
