package io.github.udsboot.benchmark.peer.grpc;

import java.util.concurrent.CompletableFuture;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.benchmark.load.ItemCount;

/**
 * Takes items until there are enough, then cancels the call.
 */
final class ItemTaker implements ClientResponseObserver<BytesValue, BytesValue> {

	private final ItemCount count;

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private @Nullable ClientCallStreamObserver<BytesValue> call;

	private @Nullable ItemWindow window;

	ItemTaker(ItemCount count) {
		this.count = count;
	}

	@Override
	public void beforeStart(ClientCallStreamObserver<BytesValue> call) {
		this.window = new ItemWindow(call);
		this.call = call;
		call.disableAutoRequestWithInitial(ItemWindow.SIZE);
	}

	@Override
	public void onNext(BytesValue item) {
		if (this.done.isDone() || this.call == null || this.window == null) {
			return;
		}
		if (this.count.taken(item.getValue().toByteArray())) {
			this.window.taken();
		}
		else {
			this.done.complete(null);
			this.call.cancel("there are enough items", null);
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.done.completeExceptionally(failure);
	}

	@Override
	public void onCompleted() {
		this.done.completeExceptionally(new IllegalStateException("The stream has ended"));
	}

	void await() {
		this.done.join();
	}

}
