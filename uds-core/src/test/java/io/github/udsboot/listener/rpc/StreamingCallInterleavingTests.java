package io.github.udsboot.listener.rpc;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.ThreadShare;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.CallState;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.UnfinishedCalls;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.stream.ItemSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.RETURNS_DEFAULTS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/**
 * Every order in which a handler answers a stream, with items or without, and the stream
 * is aborted twice.
 */
class StreamingCallInterleavingTests {

	@Test
	void aStreamOfItemsHasOneOutcomeAndItsSourceIsClosedOnce() {
		assertThat(Interleavings.explore(ItemsAgainstAborts.class, 2, StreamingCall.class, CallState.class))
			.isGreaterThan(100);
	}

	@Test
	void aStreamWithOneAnswerHasOneOutcome() {
		assertThat(Interleavings.explore(AnswerAgainstAborts.class, 2, StreamingCall.class, CallState.class))
			.isGreaterThan(100);
	}

	/** By a cancellation and by a deadline. */
	abstract static class AgainstAborts implements Interleaving, CallConnection {

		private final LoopConnection connection = mock(LoopConnection.class, withSettings().stubOnly());

		private final StreamingCall call;

		/** For the thread of the handler, once that has returned. */
		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		private int answers;

		private int aborts;

		private int ended;

		private int removed;

		private int streamsOver;

		private int lingering;

		AgainstAborts() {
			willAnswer((invocation) -> {
				this.answers++;
				return null;
			}).given(this.connection).answer(any());
			willReturn(true).given(this.connection).hasRoom();
			willReturn(true).given(this.connection).pushSoon(any());
			UnfinishedCalls unfinished = mock(UnfinishedCalls.class, withSettings().stubOnly());
			// by name, as only the room of the runner may call what runs a handler
			HandlerRunner runner = mock(HandlerRunner.class,
					withSettings().stubOnly().defaultAnswer((invocation) -> switch (invocation.getMethod().getName()) {
						case "unfinished" -> unfinished;
						case "handle" -> handle(invocation.getArgument(3));
						case "executeOffLoop" -> execute(invocation.getArgument(invocation.getArguments().length - 1));
						case "ended" -> countOut();
						default -> RETURNS_DEFAULTS.answer(invocation);
					}));
			UdsRequest request = new UdsRequest("test", new byte[0], Map.of(), mock(PeerCredentials.class),
					UdsRequest.NO_DEADLINE);
			this.call = new StreamingCall(runner, this, new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS),
					new RequestFrame(1, "test", new byte[0], 0, Map.of(), Kind.STREAM),
					new UdsRouter.Match(mock(UdsRequestHandler.class), Map.of()), request, 0, null, null);
		}

		private @Nullable Object handle(UdsReplyCallback callback) {
			answer(callback);
			return null;
		}

		private @Nullable Object execute(Runnable task) {
			this.tasks.add(task);
			return null;
		}

		private void runTasks() {
			Runnable task = this.tasks.poll();
			while (task != null) {
				task.run();
				task = this.tasks.poll();
			}
		}

		private @Nullable Object countOut() {
			this.ended++;
			return null;
		}

		abstract void answer(UdsReplyCallback callback);

		@Override
		public List<Runnable> actors() {
			return List.of(this::run, this::abort, this::abort);
		}

		private void run() {
			this.call.run();
			runTasks();
		}

		private void abort() {
			if (this.call.abort(Status.CANCELLED, "cancelled")) {
				this.aborts++;
			}
		}

		@Override
		public void check() {
			runTasks();
			assertThat(this.answers + this.aborts).isEqualTo(1);
			assertThat(this.ended).isEqualTo(1);
			assertThat(this.removed).isEqualTo(1);
			assertThat(this.streamsOver).isEqualTo(1);
			assertThat(this.lingering).isZero();
		}

		@Override
		public LoopConnection connection() {
			return this.connection;
		}

		@Override
		public PeerShare share() {
			return new PeerShare(ThreadShare.unlimited(), ThreadShare.unlimited(), null);
		}

		@Override
		public @Nullable ConnectionContext context() {
			return null;
		}

		@Override
		public boolean isLost() {
			return false;
		}

		@Override
		public boolean areStreamsLost() {
			return false;
		}

		@Override
		public boolean areStreamsOver() {
			return false;
		}

		@Override
		public void openEndedStreamOver() {
			this.streamsOver++;
		}

		@Override
		public void removed(RequestCall call) {
			this.removed++;
		}

		@Override
		public void lingers() {
			this.lingering++;
		}

		@Override
		public void endLingering() {
			this.lingering--;
		}

	}

	static class AnswerAgainstAborts extends AgainstAborts {

		@Override
		void answer(UdsReplyCallback callback) {
			callback.reply(UdsReply.ok(new byte[0]));
		}

	}

	static class ItemsAgainstAborts extends AgainstAborts implements ItemSource {

		private int items = 2;

		private int asked;

		private int closed;

		@Override
		void answer(UdsReplyCallback callback) {
			this.asked++;
			callback.stream(this, (failure) -> UdsReply.failed(Status.INTERNAL, "failed"));
		}

		@Override
		public boolean hasNext() {
			return this.items > 0;
		}

		@Override
		public byte[] next() {
			this.items--;
			return new byte[1];
		}

		@Override
		public void close() {
			this.closed++;
		}

		@Override
		public void check() {
			super.check();
			assertThat(this.closed).isEqualTo(this.asked);
		}

	}

}
