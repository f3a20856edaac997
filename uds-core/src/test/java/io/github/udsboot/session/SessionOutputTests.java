package io.github.udsboot.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TextPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What sessions write, and who waits for it to be written.
 */
class SessionOutputTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final TestListener listener = new TestListener();

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void aSenderIsWokenWhenTheLoopWritesWhatItCorked() {
		BlockingQueue<UdsReplyCallback> open = new LinkedBlockingQueue<>();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			switch (text(request)) {
				case "wait" -> open.add(callback);
				case "large" -> callback.reply(UdsReply.ok("x".repeat(2000).getBytes(StandardCharsets.UTF_8)));
				default -> {
					request.session().send("pushed");
					callback.reply(UdsReply.silence());
				}
			}
		}).options((options) -> {
			options.setOutboundQueueSize(1000);
			options.setEventLoops(1);
		}).start();
		try (TextPeer peer = peer(); TextPeer other = peer()) {
			// those behind the first one wait in the session, and are handled in a row
			peer.send("wait\nlarge\npush\n");
			UdsReplyCallback first = take(open);
			assertThat(other.send("push\n").read(7)).isEqualTo("pushed\n");
			first.reply(UdsReply.silence());
			assertThat(peer.read(2008)).endsWith("x\npushed\n");
		}
	}

	@Test
	void aPeerThatDoesNotReadIsNotAnsweredWithoutBound() {
		byte[] answer = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
		AtomicInteger handled = new AtomicInteger();
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			if (text(request).equals("large")) {
				handled.incrementAndGet();
				callback.reply(UdsReply.ok(answer));
			}
			else {
				callback.reply(UdsReply.ok(request.payload()));
			}
		}).options((options) -> {
			options.setOutboundQueueSize(10_000);
			options.setMaxHandlerThreads(1);
			options.setEventLoops(1);
		}).start();
		try (TextPeer peer = peer(); TextPeer other = peer()) {
			peer.send("large\n".repeat(200));
			// the one thread takes turns, so all would be answered meanwhile
			for (int i = 0; i < 300; i++) {
				assertThat(other.send("x\n").read(2)).isEqualTo("x\n");
			}
			assertThat(handled.get()).isLessThan(20);
			peer.read(200 * 100_001);
			assertThat(handled.get()).isEqualTo(200);
			peer.send("last\n");
			assertThat(peer.read(5)).isEqualTo("last\n");
		}
	}

	@Test
	void aSessionThatHasMuchToCatchUpWithLeavesTurnsToOthers() throws Exception {
		BlockingQueue<UdsReplyCallback> open = new LinkedBlockingQueue<>();
		AtomicInteger handled = new AtomicInteger();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			switch (text(request)) {
				case "wait" -> open.add(callback);
				case "work" -> {
					handled.incrementAndGet();
					long until = System.nanoTime() + 3_000_000;
					while (System.nanoTime() - until < 0) {
						Thread.onSpinWait();
					}
					callback.reply(UdsReply.silence());
				}
				default -> callback.reply(UdsReply.ok(request.payload()));
			}
		}).options((options) -> options.setEventLoops(1)).start();
		try (TextPeer peer = peer(); TextPeer other = peer()) {
			peer.send("wait\n" + "work\n".repeat(200));
			UdsReplyCallback first = take(open);
			assertThat(other.send("x\n").read(2)).isEqualTo("x\n");
			first.reply(UdsReply.silence());
			Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(BOUND).until(() -> handled.get() > 0);
			assertThat(other.send("x\n").read(2)).isEqualTo("x\n");
			assertThat(handled.get()).isLessThan(100);
			Awaitility.await().atMost(BOUND).until(() -> handled.get() == 200);
		}
	}

	private TextPeer peer() {
		return TextPeer.connect(this.listener.path());
	}

	private static String text(UdsRequest request) {
		return new String(request.payload(), StandardCharsets.UTF_8);
	}

	private static <T> T take(BlockingQueue<T> queue) {
		try {
			T value = queue.poll(20, TimeUnit.SECONDS);
			assertThat(value).as("came in time").isNotNull();
			return value;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
