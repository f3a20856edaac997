package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * The data of a ttrpc frame, against protobuf-java: whatever our decoder takes, that one
 * reads as the same. Our decoder may refuse more, for it is as strict as Go's.
 */
final class EnvelopeTarget implements FuzzTarget {

	private static final FrameLimits LIMITS = new FrameLimits(1 << 20, 1 << 20, 1_000, 1_000);

	private static final FileDescriptor FILE = file();

	private final Side side;

	EnvelopeTarget(Side side) {
		this.side = side;
	}

	private static FileDescriptor file() {
		FileDescriptorProto file = FileDescriptorProto.newBuilder()
			.setSyntax("proto3")
			.setName("ttrpc.proto")
			.addMessageType(
					message("Request", field(1, "service", Type.TYPE_STRING), field(2, "method", Type.TYPE_STRING),
							field(3, "payload", Type.TYPE_BYTES), field(4, "timeout_nano", Type.TYPE_INT64),
							embedded(5, "metadata", "KeyValue", Label.LABEL_REPEATED)))
			.addMessageType(message("KeyValue", field(1, "key", Type.TYPE_STRING), field(2, "value", Type.TYPE_STRING)))
			.addMessageType(message("Response", embedded(1, "status", "Status", Label.LABEL_OPTIONAL),
					field(2, "payload", Type.TYPE_BYTES)))
			.addMessageType(message("Status", field(1, "code", Type.TYPE_INT32), field(2, "message", Type.TYPE_STRING),
					embedded(3, "details", "Any", Label.LABEL_REPEATED)))
			.addMessageType(message("Any", field(1, "type_url", Type.TYPE_STRING), field(2, "value", Type.TYPE_BYTES)))
			.build();
		try {
			return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
		}
		catch (DescriptorValidationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static DescriptorProto message(String name, FieldDescriptorProto... fields) {
		return DescriptorProto.newBuilder().setName(name).addAllField(List.of(fields)).build();
	}

	private static FieldDescriptorProto field(int number, String name, Type type) {
		return FieldDescriptorProto.newBuilder()
			.setNumber(number)
			.setName(name)
			.setType(type)
			.setLabel(Label.LABEL_OPTIONAL)
			.build();
	}

	private static FieldDescriptorProto embedded(int number, String name, String type, Label label) {
		return FieldDescriptorProto.newBuilder()
			.setNumber(number)
			.setName(name)
			.setType(Type.TYPE_MESSAGE)
			.setTypeName(type)
			.setLabel(label)
			.build();
	}

	@Override
	public void accept(byte[] input) throws Exception {
		FrameReader reader = new TtrpcProtocol().newReader(this.side, LIMITS);
		ByteBuffer bytes = ByteBuffer.allocate(10 + input.length)
			.putInt(input.length)
			.putInt(1)
			.put((byte) ((this.side == Side.SERVER) ? 1 : 2))
			.put((byte) 0)
			.put(input)
			.flip();
		Frame frame = reader.read(bytes);
		if (frame instanceof InvalidFrame) {
			return;
		}
		if (frame instanceof RefusalFrame refusal) {
			DynamicMessage status = (DynamicMessage) get(parse("Response", input, frame), "status");
			Require.that(Status.fromCode((int) get(status, "code")) == refusal.status()
					&& get(status, "message").equals(refusal.message()), () -> "Read as " + refusal);
			return;
		}
		if (frame instanceof RequestFrame request) {
			requireSame(request, parse("Request", input, frame));
		}
		else {
			requireSame((ResponseFrame) frame, parse("Response", input, frame));
		}
	}

	private static DynamicMessage parse(String type, byte[] input, Frame frame) {
		Descriptor descriptor = FILE.findMessageTypeByName(type);
		try {
			return DynamicMessage.parseFrom(descriptor, input);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new AssertionError("Read as " + FrameText.of(frame) + ", and not by protobuf-java", ex);
		}
	}

	private static Object get(DynamicMessage message, String field) {
		return message.getField(message.getDescriptorForType().findFieldByName(field));
	}

	@SuppressWarnings("unchecked")
	private static List<DynamicMessage> all(DynamicMessage message, String field) {
		return (List<DynamicMessage>) get(message, field);
	}

	private static void requireSame(RequestFrame request, DynamicMessage message) {
		String service = (String) get(message, "service");
		String route = service.isEmpty() ? (String) get(message, "method") : service + "." + get(message, "method");
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		for (DynamicMessage entry : all(message, "metadata")) {
			metadata.computeIfAbsent((String) get(entry, "key"), (key) -> new ArrayList<>())
				.add((String) get(entry, "value"));
		}
		Require.that(
				request.route().equals(route) && request.metadata().equals(metadata)
						&& request.timeoutNanos() == (long) get(message, "timeout_nano")
						&& Arrays.equals(request.payload(), ((ByteString) get(message, "payload")).toByteArray()),
				() -> "Read as " + FrameText.of(request) + " instead of " + message);
	}

	private static void requireSame(ResponseFrame response, DynamicMessage message) {
		DynamicMessage status = (DynamicMessage) get(message, "status");
		List<StatusDetail> details = new ArrayList<>();
		boolean marked = false;
		for (DynamicMessage any : all(status, "details")) {
			String url = (String) get(any, "type_url");
			marked |= url.endsWith("ErrorInfo");
			details.add(new StatusDetail(url, ((ByteString) get(any, "value")).toByteArray()));
		}
		Require.that(
				response.status() == Status.fromCode((int) get(status, "code"))
						&& response.message().equals(get(status, "message"))
						&& Arrays.equals(response.payload(), ((ByteString) get(message, "payload")).toByteArray())
						&& (marked || (!response.undispatched()
								&& response.details().equals(details.subList(0, Math.min(64, details.size()))))),
				() -> "Read as " + FrameText.of(response) + " instead of " + message);
	}

	@Override
	public long allowedBytes(int length) {
		return (256 << 10) + 1_000L * length;
	}

	@Override
	public List<byte[]> seeds() {
		// the frames that others begin with, without what stands before the envelope
		return new TtrpcDecoder(this.side).frames()
			.stream()
			.filter((frame) -> frame instanceof RequestFrame || frame instanceof ResponseFrame
					|| frame instanceof RefusalFrame)
			.map((frame) -> new TtrpcProtocol().newWriter(LIMITS).encode(frame))
			.map(Frames::bytes)
			.map((bytes) -> Arrays.copyOfRange(bytes, 10, bytes.length))
			.filter((bytes) -> bytes.length < 2_000)
			.toList();
	}

}
