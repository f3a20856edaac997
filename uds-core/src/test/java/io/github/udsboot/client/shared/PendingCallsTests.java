package io.github.udsboot.client.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of pending calls is as large as there are calls, and loses none.
 */
@Timeout(60)
class PendingCallsTests {

	@Test
	void aHugeLimitMakesNoHugeTable() {
		PendingCalls pending = new PendingCalls(Integer.MAX_VALUE, 2);
		add(pending, 1);
		assertThat(pending.size()).isEqualTo(1024);
		assertThat(pending.isFull()).isFalse();
	}

	@Test
	void callsAreFoundAgainWhenTheTableHasGrown() {
		PendingCalls pending = new PendingCalls(100_000, 2);
		List<PendingCall> calls = new ArrayList<>();
		long next = 1;
		for (int i = 0; i < 1000; i++) {
			calls.add(add(pending, next));
			next = calls.get(i).streamId() + 2;
		}
		assertThat(pending.size()).isBetween(2000, 4096);
		for (int i = 0; i < 1000; i++) {
			assertThat(pending.before(next, 1000 - i)).isSameAs(calls.get(i));
		}
		for (PendingCall call : calls) {
			assertThat(pending.take(call.streamId())).isSameAs(call);
			assertThat(pending.remove(call)).isFalse();
		}
		assertThat(pending.count()).isZero();
	}

	@Test
	void noCallIsLostWhileTheTableGrows() throws Throwable {
		for (int round = 0; round < 50; round++) {
			PendingCalls pending = new PendingCalls(16, 2);
			LinkedBlockingQueue<PendingCall> added = new LinkedBlockingQueue<>();
			int calls = 3_000;
			List<Caller<Integer>> takers = new ArrayList<>();
			for (int taker = 0; taker < 2; taker++) {
				takers.add(Callers.start(() -> {
					for (int i = 0; i < calls / 2; i++) {
						PendingCall call = added.poll(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
						if (pending.take(call.streamId()) != call) {
							return 1;
						}
					}
					return 0;
				}));
			}
			long next = 1;
			for (int i = 0; i < calls; i++) {
				PendingCall call = add(pending, next);
				next = call.streamId() + 2;
				added.add(call);
			}
			for (Caller<Integer> taker : takers) {
				assertThat(taker.result()).isZero();
			}
			assertThat(pending.count()).isZero();
		}
	}

	private static PendingCall add(PendingCalls pending, long from) {
		PendingCall call = new TestCall();
		call.setStreamId(pending.freeId(from));
		pending.add(call);
		return call;
	}

	private static final class TestCall extends PendingCall {

		private TestCall() {
			super(0);
		}

		@Override
		public EncodedFrame encode(long streamId, RequestForm form) {
			throw new UnsupportedOperationException();
		}

		@Override
		boolean canLead() {
			return false;
		}

		@Override
		public void completed() {
			throw new UnsupportedOperationException();
		}

	}

}
