package io.github.udsboot.listener.rpc;

import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.ArgumentCaptor;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.ThreadShare;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.CallLog;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.dispatch.ServerCall;
import io.github.udsboot.listener.dispatch.UnfinishedCalls;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.testsupport.Eventually;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/**
 * A stream of items that fails to begin, at each step of that: the caller has one
 * outcome, the source is closed once, and the call is counted out once.
 */
@Timeout(60)
class StreamStartTests {

	private static final long PATIENCE_MILLIS = 20_000;

	private final HandlerRunner runner = mock(HandlerRunner.class);

	private final UnfinishedCalls unfinished = mock(UnfinishedCalls.class);

	private final CallConnection owner = mock(CallConnection.class);

	private final LoopConnection connection = mock(LoopConnection.class);

	private final AtomicInteger closed = new AtomicInteger();

	private FrameWriter writer = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS);

	@BeforeEach
	void connect() {
		given(this.owner.connection()).willReturn(this.connection);
		given(this.runner.unfinished()).willReturn(this.unfinished);
		given(this.runner.log()).willReturn(mock(CallLog.class));
		given(this.connection.hasRoom()).willReturn(true);
		given(this.connection.pushSoon(any())).willReturn(true);
	}

	@Test
	void whereTheSourceCannotBeNoted() {
		willThrow(new OutOfMemoryError("expected by the test")).given(this.unfinished).produces(any(), eq(true));
		stream(call());
		assertFailed();
		assertCountedOut();
	}

	@Test
	void whereTheEndOfTheSourceCannotBeNotedEither() {
		willThrow(new OutOfMemoryError("expected by the test")).given(this.unfinished).produces(any(), anyBoolean());
		stream(call());
		assertFailed();
		assertCountedOut();
	}

	@Test
	void whereNoThreadCanBeHadForTheItems() {
		willThrow(new RejectedExecutionException("expected by the test")).given(this.runner)
			.executeOffLoop(any(), any(), any());
		stream(call());
		assertFailed();
		assertCountedOut();
	}

	@Test
	void whereWhatSaysWhyItFailedFailsToo() {
		willThrow(new RejectedExecutionException("expected by the test")).given(this.runner)
			.executeOffLoop(any(), any(), any());
		call().stream(new ClosingSource(), (failure) -> {
			throw new AssertionError("expected by the test");
		});
		assertFailed();
	}

	@Test
	void whereWhatSaysWhyItFailedSaysNothing() {
		willThrow(new RejectedExecutionException("expected by the test")).given(this.runner)
			.executeOffLoop(any(), any(), any());
		call().stream(new ClosingSource(), (failure) -> null);
		assertFailed();
	}

	@Test
	void whereTheStreamWasAbortedAndNoThreadCanBeHadToSayThatToTheSource() {
		willThrow(new RejectedExecutionException("expected by the test")).given(this.runner)
			.executeOffLoop(any(), any(), any());
		RequestCall call = call();
		willAnswer((invocation) -> {
			// between the outcome and the pump
			call.abort(Status.DEADLINE_EXCEEDED, "The deadline has passed");
			return null;
		}).given(this.unfinished).produces(any(), eq(true));
		stream(call);
		assertEnded(Status.DEADLINE_EXCEEDED);
		assertCountedOut();
	}

	/** As any protocol may have it. */
	@Test
	void whereTheStepsThemselvesThrow() {
		ServerCall call = new BrokenCall();
		call.stream(new ClosingSource(), StreamStartTests::failed);
		assertFailed();
	}

	@Test
	void whereItIsNoAnswerAndCannotBeClosed() {
		ItemSource broken = new ClosingSource() {

			@Override
			public void close() {
				super.close();
				throw new AssertionError("expected by the test");
			}

		};
		unaryCall().stream(broken, StreamStartTests::failed);
		assertEnded(Status.UNIMPLEMENTED);
	}

	private void assertFailed() {
		assertEnded(Status.INTERNAL);
	}

	private void assertCountedOut() {
		verify(this.unfinished, timeout(PATIENCE_MILLIS)).produces(any(), eq(false));
	}

	private void assertEnded(Status status) {
		ArgumentCaptor<EncodedFrame> frame = ArgumentCaptor.forClass(EncodedFrame.class);
		verify(this.connection, timeout(PATIENCE_MILLIS)).answer(frame.capture());
		verify(this.connection, never()).abandon(any());
		verify(this.runner).ended(any(), eq(status), anyLong());
		Eventually.await("closed", () -> this.closed.get() > 0);
		assertThat(this.closed).hasValue(1);
	}

	private void stream(RequestCall call) {
		call.stream(new ClosingSource(), StreamStartTests::failed);
	}

	private static UdsReply failed(Throwable failure) {
		return UdsReply.failed(Status.INTERNAL, "failed");
	}

	private StreamingCall call() {
		return new StreamingCall(this.runner, this.owner, this.writer, frame(), match(), request(), 0, null, null);
	}

	private RequestCall unaryCall() {
		return new RequestCall(this.runner, this.owner, this.writer, frame(), match(), request(), 0);
	}

	private static UdsRouter.Match match() {
		return new UdsRouter.Match(mock(UdsRequestHandler.class), Map.of());
	}

	private static RequestFrame frame() {
		return new RequestFrame(1, "test", new byte[0], 0, Map.of(), Kind.STREAM);
	}

	private static UdsRequest request() {
		return new UdsRequest("test", new byte[0], Map.of(), mock(PeerCredentials.class), UdsRequest.NO_DEADLINE);
	}

	private final class BrokenCall extends ServerCall {

		private BrokenCall() {
			super(StreamStartTests.this.runner, StreamStartTests.this.connection, mock(UdsRequestHandler.class),
					request(), Map.of(), 0);
		}

		@Override
		public void startStream(ItemSource items, Function<Throwable, UdsReply> failures) {
			throw new AssertionError("expected by the test");
		}

		@Override
		public EncodedFrame encode(UdsReply reply, boolean undispatched) {
			return mock(EncodedFrame.class);
		}

		@Override
		public boolean abort(Status status, String message) {
			return false;
		}

		@Override
		public PeerShare share() {
			return new PeerShare(ThreadShare.unlimited(), ThreadShare.unlimited(), null);
		}

		@Override
		public ConnectionContext context() {
			return null;
		}

		@Override
		public ServedConnection.Work work() {
			return ServedConnection.Work.CALL;
		}

	}

	private class ClosingSource implements ItemSource {

		@Override
		public boolean hasNext() {
			return false;
		}

		@Override
		public byte[] next() {
			throw new AssertionError("There is none");
		}

		@Override
		public void close() {
			StreamStartTests.this.closed.incrementAndGet();
		}

	}

}
