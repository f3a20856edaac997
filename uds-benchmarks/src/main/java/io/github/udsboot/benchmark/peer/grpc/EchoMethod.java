package io.github.udsboot.benchmark.peer.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/**
 * What protoc's plugin would make of {@code rpc Call(BytesValue) returns (BytesValue)},
 * {@code rpc Repeat(BytesValue) returns (stream BytesValue)} and
 * {@code rpc Count(stream BytesValue) returns (Int64Value)}.
 */
final class EchoMethod {

	static final String SERVICE = "benchmark.Echo";

	static final MethodDescriptor<BytesValue, BytesValue> CALL = method(MethodType.UNARY, "Call",
			BytesValue.getDefaultInstance());

	static final MethodDescriptor<BytesValue, BytesValue> REPEAT = method(MethodType.SERVER_STREAMING, "Repeat",
			BytesValue.getDefaultInstance());

	static final MethodDescriptor<BytesValue, Int64Value> COUNT = method(MethodType.CLIENT_STREAMING, "Count",
			Int64Value.getDefaultInstance());

	private EchoMethod() {
	}

	private static <T extends Message> MethodDescriptor<BytesValue, T> method(MethodType type, String name, T answer) {
		return MethodDescriptor.<BytesValue, T>newBuilder()
			.setType(type)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
			.setSampledToLocalTracing(true)
			.setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
			.setResponseMarshaller(ProtoUtils.marshaller(answer))
			.build();
	}

	static BytesValue message(byte[] payload) {
		return BytesValue.of(ByteString.copyFrom(payload));
	}

}
