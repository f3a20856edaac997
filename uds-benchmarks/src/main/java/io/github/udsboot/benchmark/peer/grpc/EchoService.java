package io.github.udsboot.benchmark.peer.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;

/**
 * Answers with what was sent.
 */
final class EchoService implements BindableService {

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(EchoMethod.SERVICE)
			.addMethod(EchoMethod.CALL, ServerCalls.asyncUnaryCall((request, answers) -> {
				answers.onNext(request);
				answers.onCompleted();
			}))
			.build();
	}

}
