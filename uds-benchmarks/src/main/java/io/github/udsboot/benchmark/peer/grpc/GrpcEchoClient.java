package io.github.udsboot.benchmark.peer.grpc;

import java.util.concurrent.CompletableFuture;

import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.ItemCount;

/**
 * Calls as generated stubs do.
 */
final class GrpcEchoClient implements EchoClient {

	private final Channel channel;

	private final ConfigurableApplicationContext context;

	GrpcEchoClient(Channel channel, ConfigurableApplicationContext context) {
		this.channel = channel;
		this.context = context;
	}

	@Override
	public byte[] echo(byte[] payload) {
		return ClientCalls
			.blockingUnaryCall(this.channel, EchoMethod.CALL, CallOptions.DEFAULT, EchoMethod.message(payload))
			.getValue()
			.toByteArray();
	}

	@Override
	public CompletableFuture<byte[]> echoAsync(byte[] payload) {
		CompletableFuture<byte[]> answer = new CompletableFuture<>();
		ClientCalls.asyncUnaryCall(this.channel.newCall(EchoMethod.CALL, CallOptions.DEFAULT),
				EchoMethod.message(payload), new StreamObserver<>() {

					@Override
					public void onNext(BytesValue value) {
						answer.complete(value.getValue().toByteArray());
					}

					@Override
					public void onError(Throwable failure) {
						answer.completeExceptionally(failure);
					}

					@Override
					public void onCompleted() {
						// The answer has come before
					}

				});
		return answer;
	}

	@Override
	public void takeItems(byte[] item, ItemCount count) {
		ItemTaker taker = new ItemTaker(count);
		ClientCalls.asyncServerStreamingCall(this.channel.newCall(EchoMethod.REPEAT, CallOptions.DEFAULT),
				EchoMethod.message(item), taker);
		taker.await();
	}

	@Override
	public long sendItems(byte[] item, ItemCount count) {
		ItemSender sender = new ItemSender(EchoMethod.message(item), count);
		ClientCalls.asyncClientStreamingCall(this.channel.newCall(EchoMethod.COUNT, CallOptions.DEFAULT), sender);
		return sender.await();
	}

	@Override
	public void close() {
		this.context.close();
	}

}
