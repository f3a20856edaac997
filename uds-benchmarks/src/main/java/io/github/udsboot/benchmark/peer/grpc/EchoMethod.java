package io.github.udsboot.benchmark.peer.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/**
 * What protoc's plugin would make of {@code rpc Call(BytesValue) returns (BytesValue)}.
 */
final class EchoMethod {

	static final String SERVICE = "benchmark.Echo";

	static final MethodDescriptor<BytesValue, BytesValue> CALL = MethodDescriptor.<BytesValue, BytesValue>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Call"))
		.setSampledToLocalTracing(true)
		.setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
		.build();

	private EchoMethod() {
	}

	static BytesValue message(byte[] payload) {
		return BytesValue.of(ByteString.copyFrom(payload));
	}

}
