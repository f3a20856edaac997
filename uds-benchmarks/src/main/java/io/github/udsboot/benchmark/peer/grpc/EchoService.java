package io.github.udsboot.benchmark.peer.grpc;

import com.google.protobuf.BytesValue;
import com.google.protobuf.Int64Value;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * Answers with what was sent, once or without end, or says how much that was.
 */
final class EchoService implements BindableService {

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(EchoMethod.SERVICE)
			.addMethod(EchoMethod.CALL, ServerCalls.asyncUnaryCall((request, answers) -> {
				answers.onNext(request);
				answers.onCompleted();
			}))
			.addMethod(EchoMethod.REPEAT,
					ServerCalls.asyncServerStreamingCall(
							(item, answers) -> repeat(item, (ServerCallStreamObserver<BytesValue>) answers)))
			.addMethod(EchoMethod.COUNT,
					ServerCalls.asyncClientStreamingCall(
							(answers) -> new Counting((ServerCallStreamObserver<Int64Value>) answers)))
			.build();
	}

	/** Whenever there is room, as the documentation of flow control has it. */
	private static void repeat(BytesValue item, ServerCallStreamObserver<BytesValue> answers) {
		answers.setOnCancelHandler(() -> {
			// a stream without end is always cancelled
		});
		answers.setOnReadyHandler(() -> {
			while (answers.isReady()) {
				answers.onNext(item);
			}
		});
	}

	private static final class Counting implements StreamObserver<BytesValue> {

		private final ServerCallStreamObserver<Int64Value> answers;

		private final ItemWindow window;

		private long count;

		private Counting(ServerCallStreamObserver<Int64Value> answers) {
			this.answers = answers;
			this.window = new ItemWindow(answers);
			answers.disableAutoRequest();
			answers.request(ItemWindow.SIZE);
		}

		@Override
		public void onNext(BytesValue item) {
			this.count++;
			this.window.taken();
		}

		@Override
		public void onError(Throwable failure) {
			// the client knows
		}

		@Override
		public void onCompleted() {
			this.answers.onNext(Int64Value.of(this.count));
			this.answers.onCompleted();
		}

	}

}
