package io.github.udsboot.protocol.ttrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The envelopes against protobuf-java, which decodes and encodes the same messages.
 */
class TtrpcEnvelopeTests {

	private static final FileDescriptor FILE = file();

	private static final Descriptor REQUEST = FILE.findMessageTypeByName("Request");

	private static final Descriptor RESPONSE = FILE.findMessageTypeByName("Response");

	private static final FrameLimits LIMITS = new FrameLimits(1 << 20, 1 << 20, 1_000, 1 << 20);

	private static final ByteBuffer SHARED = ReaderDriver.newBuffer();

	private final Random random = new Random(7);

	@Test
	void whatWeWriteProtobufReads() throws Exception {
		for (int i = 0; i < 2_000; i++) {
			RequestFrame request = new RequestFrame(1, "s" + text() + "." + text(), bytes(), this.random.nextLong(),
					metadata());
			assertThat(requestText(data(request))).isEqualTo(FrameText.of(request));
			ResponseFrame response = new ResponseFrame(1, Status.fromCode(1 + this.random.nextInt(16)), text(), bytes(),
					this.random.nextBoolean(), details());
			assertThat(responseText(data(response))).isEqualTo(FrameText.of(response));
		}
	}

	@Test
	void whatProtobufAcceptsInAnyOrderAndNumberOfFieldsWeReadTheSame() throws Exception {
		for (int i = 0; i < 5_000; i++) {
			byte[] request = requestFields();
			assertThat(FrameText.of(read(Side.SERVER, request))).isEqualTo(requestText(request));
			byte[] response = responseFields();
			assertThat(FrameText.of(read(Side.CLIENT, response))).isEqualTo(responseText(response));
		}
	}

	@Test
	void whatIsDamagedWeReadAsProtobufOrRefuse() throws Exception {
		int refused = 0;
		for (int i = 0; i < 30_000; i++) {
			boolean server = this.random.nextBoolean();
			byte[] data = damage(server ? requestFields() : responseFields());
			Frame frame = read(server ? Side.SERVER : Side.CLIENT, data);
			String expected = protobuf(server, data);
			boolean refusal = frame instanceof InvalidFrame;
			refused += refusal ? 1 : 0;
			boolean right = refusal ? expected == null || isStricter(data, expected)
					: FrameText.of(frame).equals(expected);
			if (!right) {
				throw new AssertionError(HexFormat.of().formatHex(data) + " is " + frame + " and not " + expected);
			}
		}
		assertThat(refused).isBetween(6_000, 28_500);
	}

	/** We are stricter where Go is, and about the characters of a route. */
	private static boolean isStricter(byte[] data, String text) {
		boolean overlongNumber = false;
		for (int i = 4; i < data.length; i++) {
			overlongNumber |= data[i - 1] < 0 && data[i - 2] < 0 && data[i - 3] < 0 && data[i - 4] < 0;
		}
		return overlongNumber || text.chars().anyMatch(Character::isISOControl);
	}

	private byte[] damage(byte[] data) {
		byte[] damaged = data.clone();
		int changes = 1 + this.random.nextInt(3);
		for (int i = 0; i < changes && damaged.length > 0; i++) {
			int at = this.random.nextInt(damaged.length);
			switch (this.random.nextInt(3)) {
				case 0 -> {
					damaged[at] ^= (byte) (1 << this.random.nextInt(8));
				}
				case 1 -> {
					damaged[at] = (byte) this.random.nextInt();
				}
				default -> {
					damaged = Arrays.copyOf(damaged, at);
				}
			}
		}
		return damaged;
	}

	private byte[] requestFields() {
		return fields(8, this::requestField);
	}

	private byte[] responseFields() {
		return fields(5, this::responseField);
	}

	private byte[] fields(int most, Supplier<byte[]> field) {
		byte[][] fields = new byte[this.random.nextInt(most)][];
		Arrays.setAll(fields, (i) -> field.get());
		return Raw.join(fields);
	}

	private byte[] requestField() {
		return switch (this.random.nextInt(7)) {
			case 0 -> Raw.field(1, text());
			case 1 -> Raw.field(2, text());
			case 2 -> Raw.field(3, bytes());
			case 3 -> Raw.number(4, this.random.nextLong());
			case 4, 5 -> Raw.field(5, shuffled(Raw.field(1, text()), Raw.field(2, text()), unknown()));
			default -> unknown();
		};
	}

	private byte[] responseField() {
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Raw.field(1, shuffled(Raw.number(1, this.random.nextInt(20)), Raw.field(2, text()),
					Raw.field(3, detail()), unknown()));
			case 2 -> Raw.field(2, bytes());
			default -> unknown();
		};
	}

	private List<StatusDetail> details() {
		return IntStream.range(0, this.random.nextInt(4)).mapToObj((i) -> new StatusDetail(text(), bytes())).toList();
	}

	private byte[] detail() {
		byte[] info = shuffled(Raw.field(1, this.random.nextBoolean() ? "NOT_DISPATCHED" : text()),
				Raw.field(2, this.random.nextBoolean() ? "uds-spring-boot" : text()), unknown());
		return shuffled(Raw.field(1, "type.googleapis.com/google.rpc.ErrorInfo"), Raw.field(2, info), unknown());
	}

	private byte[] unknown() {
		int number = 6 + this.random.nextInt(1 << this.random.nextInt(28));
		return switch (this.random.nextInt(6)) {
			case 0 -> Raw.number(number, this.random.nextLong());
			case 1 -> Raw.join(Raw.varint(((long) number << 3) | 1), new byte[8]);
			case 2 -> Raw.join(Raw.varint(((long) number << 3) | 5), new byte[4]);
			case 3 -> Raw.join(Raw.varint(((long) number << 3) | 2), Raw.hex("03010203"));
			case 4 -> Raw.join(Raw.varint(((long) number << 3) | 3), unknown(), Raw.varint(((long) number << 3) | 4));
			default -> new byte[0];
		};
	}

	private byte[] shuffled(byte[]... fields) {
		List<byte[]> list = new ArrayList<>(Arrays.asList(fields));
		list.removeIf((field) -> this.random.nextInt(5) == 0);
		Collections.shuffle(list, this.random);
		return Raw.join(list.toArray(byte[][]::new));
	}

	private String text() {
		String[] characters = { "a", "Z", "_", "/", "ü", "\u20ac", "\ud83d\ude00", "b", "c", "." };
		StringBuilder text = new StringBuilder();
		int length = this.random.nextInt(12);
		for (int i = 0; i < length; i++) {
			text.append(characters[this.random.nextInt(characters.length - 1)]);
		}
		return text.toString();
	}

	private byte[] bytes() {
		byte[] bytes = new byte[this.random.nextInt(20) * this.random.nextInt(20)];
		this.random.nextBytes(bytes);
		return bytes;
	}

	private Map<String, List<String>> metadata() {
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		int count = this.random.nextInt(4);
		for (int i = 0; i < count; i++) {
			metadata.put(text(), List.of(text(), text()).subList(0, 1 + this.random.nextInt(2)));
		}
		return metadata;
	}

	private static byte[] data(Frame frame) {
		EncodedFrame encoded = new TtrpcProtocol().newWriter(LIMITS).encode(frame);
		byte[] bytes = Raw.join(encoded.head(), encoded.body());
		return Arrays.copyOfRange(bytes, 10, bytes.length);
	}

	private static Frame read(Side side, byte[] data) throws IOException {
		return new ReaderDriver(new TtrpcProtocol().newReader(side, LIMITS), SHARED)
			.feed(Raw.frame(1, (side == Side.SERVER) ? 1 : 2, data))
			.get(0);
	}

	private static String protobuf(boolean server, byte[] data) {
		try {
			return server ? requestText(data) : responseText(data);
		}
		catch (InvalidProtocolBufferException ex) {
			return null;
		}
	}

	private static String requestText(byte[] data) throws InvalidProtocolBufferException {
		DynamicMessage request = DynamicMessage.parseFrom(REQUEST, data);
		String service = (String) get(request, "service");
		String method = (String) get(request, "method");
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		for (Object entry : (List<?>) get(request, "metadata")) {
			metadata.computeIfAbsent((String) get((DynamicMessage) entry, "key"), (key) -> new ArrayList<>())
				.add((String) get((DynamicMessage) entry, "value"));
		}
		return FrameText.of(new RequestFrame(1, service.isEmpty() ? method : service + "." + method,
				((ByteString) get(request, "payload")).toByteArray(), (Long) get(request, "timeout_nano"), metadata));
	}

	private static String responseText(byte[] data) throws InvalidProtocolBufferException {
		DynamicMessage response = DynamicMessage.parseFrom(RESPONSE, data);
		DynamicMessage status = (DynamicMessage) get(response, "status");
		boolean undispatched = false;
		List<StatusDetail> details = new ArrayList<>();
		for (Object any : (List<?>) get(status, "details")) {
			String url = (String) get((DynamicMessage) any, "type_url");
			ByteString value = (ByteString) get((DynamicMessage) any, "value");
			if (url.equals("type.googleapis.com/google.rpc.ErrorInfo") && isUndispatched(value)) {
				undispatched = true;
			}
			else {
				details.add(new StatusDetail(url, value.toByteArray()));
			}
		}
		return FrameText
			.of(new ResponseFrame(1, Status.fromCode((Integer) get(status, "code")), (String) get(status, "message"),
					((ByteString) get(response, "payload")).toByteArray(), undispatched, details));
	}

	private static boolean isUndispatched(ByteString value) {
		try {
			DynamicMessage info = DynamicMessage.parseFrom(FILE.findMessageTypeByName("ErrorInfo"), value);
			return get(info, "reason").equals("NOT_DISPATCHED") && get(info, "domain").equals("uds-spring-boot");
		}
		catch (InvalidProtocolBufferException ex) {
			return false;
		}
	}

	private static Object get(DynamicMessage message, String field) {
		return message.getField(message.getDescriptorForType().findFieldByName(field));
	}

	private static FileDescriptor file() {
		FileDescriptorProto file = FileDescriptorProto.newBuilder()
			.setName("envelope.proto")
			.setSyntax("proto3")
			.addMessageType(message("Request", field("service", 1, Type.TYPE_STRING),
					field("method", 2, Type.TYPE_STRING), field("payload", 3, Type.TYPE_BYTES),
					field("timeout_nano", 4, Type.TYPE_INT64), repeated("metadata", 5, "KeyValue")))
			.addMessageType(message("KeyValue", field("key", 1, Type.TYPE_STRING), field("value", 2, Type.TYPE_STRING)))
			.addMessageType(
					message("Response", field("status", 1, Type.TYPE_MESSAGE).toBuilder().setTypeName("Status").build(),
							field("payload", 2, Type.TYPE_BYTES)))
			.addMessageType(message("Status", field("code", 1, Type.TYPE_INT32), field("message", 2, Type.TYPE_STRING),
					repeated("details", 3, "Any")))
			.addMessageType(message("Any", field("type_url", 1, Type.TYPE_STRING), field("value", 2, Type.TYPE_BYTES)))
			.addMessageType(
					message("ErrorInfo", field("reason", 1, Type.TYPE_STRING), field("domain", 2, Type.TYPE_STRING)))
			.build();
		try {
			return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static DescriptorProto message(String name, FieldDescriptorProto... fields) {
		return DescriptorProto.newBuilder().setName(name).addAllField(List.of(fields)).build();
	}

	private static FieldDescriptorProto field(String name, int number, Type type) {
		return FieldDescriptorProto.newBuilder()
			.setName(name)
			.setNumber(number)
			.setType(type)
			.setLabel(Label.LABEL_OPTIONAL)
			.build();
	}

	private static FieldDescriptorProto repeated(String name, int number, String type) {
		return field(name, number, Type.TYPE_MESSAGE).toBuilder()
			.setLabel(Label.LABEL_REPEATED)
			.setTypeName(type)
			.build();
	}

}
