package io.github.udsboot.benchmark.peer.grpc;

import io.grpc.stub.CallStreamObserver;

/**
 * Asks for further items when half of those are taken that were asked for. By itself a
 * call asks for them one by one, each time on another thread.
 */
final class ItemWindow {

	/** As many as RSocket is asked for. */
	static final int SIZE = 256;

	private final CallStreamObserver<?> call;

	private int taken;

	ItemWindow(CallStreamObserver<?> call) {
		this.call = call;
	}

	void taken() {
		this.taken++;
		if (this.taken == SIZE / 2) {
			this.taken = 0;
			this.call.request(SIZE / 2);
		}
	}

}
