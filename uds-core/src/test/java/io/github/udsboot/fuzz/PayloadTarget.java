package io.github.udsboot.fuzz;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.converter.MessageConversionException;
import tools.jackson.databind.JsonNode;

import io.github.udsboot.UdsException;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.session.SessionCodec;

/**
 * Payloads as objects: for a client's answers, for items of streams and for messages of
 * sessions. What cannot be read is a typed failure.
 */
final class PayloadTarget implements FuzzTarget {

	private static final Type[] TYPES = { String.class, Order.class, new ParameterizedTypeReference<List<Order>>() {
	}.getType(), new ParameterizedTypeReference<Map<String, Object>>() {
	}.getType(), new ParameterizedTypeReference<Optional<Order>>() {
	}.getType(), JsonNode.class, Object.class, ByteBuffer.class, StringValue.class, Struct.class, long.class,
			Integer.class, Double.class, Boolean.class, byte[].class, Order[].class };

	private final PayloadConverter converter = PayloadConverter.defaults();

	private final SessionCodec codec = new SessionCodec(this.converter,
			new RawProtocol().newWriter(FrameLimits.DEFAULTS), "/run/any.sock");

	@Override
	public void accept(byte[] input) {
		if (input.length == 0) {
			return;
		}
		Type type = TYPES[(input[0] & 0xff) % TYPES.length];
		byte[] payload = Arrays.copyOfRange(input, 1, input.length);
		Object value = null;
		try {
			value = this.converter.fromPayload(payload, type);
			Class<?> wanted = ResolvableType.forType(type).toClass();
			Object read = value;
			Require.that(read == null || wanted.isPrimitive() || wanted.isInstance(read), () -> "Read as " + read);
		}
		catch (MessageConversionException ex) {
			Require.that(!String.valueOf(ex.getMessage()).isBlank(), () -> "A failure says nothing");
		}
		if (value instanceof String text) {
			Require.that(Arrays.equals(text.getBytes(StandardCharsets.UTF_8), payload), () -> "Replaced characters");
		}
		if (value instanceof String || value instanceof Message) {
			Require.that(value.equals(this.converter.fromPayload(this.converter.toPayload(value), type)),
					() -> "Another object when it is written and read again");
		}
		try {
			Object received = this.codec.decode(new MessageFrame(payload), type);
			Require.that(received != null, () -> "Nothing was received");
		}
		catch (UdsException ex) {
			Require.that(!String.valueOf(ex.getMessage()).isBlank(), () -> "A failure says nothing");
		}
	}

	/** What libraries do for it: Jackson reads 1e99999 as a number of so many digits. */
	@Override
	public long allowedBytes(int length) {
		return (32 << 20) + 10_000L * length;
	}

	@Override
	public List<byte[]> seeds() {
		byte[] struct = Struct.newBuilder()
			.putFields("a", Value.newBuilder().setNumberValue(1).build())
			.putFields("b",
					Value.newBuilder()
						.setListValue(ListValue.newBuilder().addValues(Value.newBuilder().setStringValue("c")))
						.build())
			.build()
			.toByteArray();
		return List.of(json(0, "text \u00e4"), json(1, Order.JSON), json(2, "[" + Order.JSON + ",{}]"),
				json(3, "{\"a\":[1,2.5,null,{\"b\":\"c\"}]}"), json(4, "{\"id\":7}"), json(5, "[[[[]]]]"),
				json(6, "{\"x\":1}"), json(7, "abc"), join(8, StringValue.of("Ada").toByteArray()), join(9, struct),
				json(10, "42"), json(11, "-1"), json(12, "1.5e300"), json(13, "true"), json(14, "abc"),
				json(15, "[{\"id\":1},null]"), json(1, "null"), json(1, ""));
	}

	static byte[] json(int first, String text) {
		return join(first, text.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] join(int first, byte[] rest) {
		return ByteBuffer.allocate(1 + rest.length).put((byte) first).put(rest).array();
	}

}
