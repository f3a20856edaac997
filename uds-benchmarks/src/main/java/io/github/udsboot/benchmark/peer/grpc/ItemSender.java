package io.github.udsboot.benchmark.peer.grpc;

import java.util.concurrent.CompletableFuture;

import com.google.protobuf.BytesValue;
import com.google.protobuf.Int64Value;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

import io.github.udsboot.benchmark.load.ItemCount;

/**
 * Sends items until there are enough, whenever there is room.
 */
final class ItemSender implements ClientResponseObserver<BytesValue, Int64Value> {

	private final BytesValue item;

	private final ItemCount count;

	private final CompletableFuture<Long> arrived = new CompletableFuture<>();

	private boolean ended;

	ItemSender(BytesValue item, ItemCount count) {
		this.item = item;
		this.count = count;
	}

	@Override
	public void beforeStart(ClientCallStreamObserver<BytesValue> call) {
		call.setOnReadyHandler(() -> send(call));
	}

	private void send(ClientCallStreamObserver<BytesValue> call) {
		while (!this.ended && call.isReady()) {
			if (this.count.sends()) {
				call.onNext(this.item);
			}
			else {
				this.ended = true;
				call.onCompleted();
			}
		}
	}

	@Override
	public void onNext(Int64Value answer) {
		this.arrived.complete(answer.getValue());
	}

	@Override
	public void onError(Throwable failure) {
		this.arrived.completeExceptionally(failure);
	}

	@Override
	public void onCompleted() {
		// The answer has come before
	}

	long await() {
		return this.arrived.join();
	}

}
