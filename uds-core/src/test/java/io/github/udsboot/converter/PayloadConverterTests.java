package io.github.udsboot.converter;

import java.io.Serializable;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.protobuf.DescriptorProtos.UninterpretedOption.NamePart;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PayloadConverterTests {

	private static final ParameterizedTypeReference<List<Order>> ORDERS = new ParameterizedTypeReference<>() {
	};

	private static final ParameterizedTypeReference<Optional<List<Order>>> MAYBE_ORDERS = new ParameterizedTypeReference<>() {
	};

	private final PayloadConverter converter = PayloadConverter.defaults();

	@Test
	void bytesAreNotCopied() {
		byte[] bytes = { 1, 2 };
		assertThat(this.converter.toPayload(bytes)).isSameAs(bytes);
		assertThat(this.converter.fromPayload(bytes, byte[].class)).isSameAs(bytes);
	}

	@Test
	void buffersKeepTheirPosition() {
		ByteBuffer buffer = ByteBuffer.wrap(new byte[] { 1, 2, 3 }).position(1);
		assertThat(this.converter.toPayload(buffer)).containsExactly(2, 3);
		assertThat(buffer.position()).isOne();
		assertThat(this.converter.toPayload(buffer.slice())).containsExactly(2, 3);
		assertThat(this.converter.toPayload(ByteBuffer.wrap(new byte[] { 4 }).asReadOnlyBuffer())).containsExactly(4);
		assertThat(this.converter.fromPayload(new byte[] { 5 }, ByteBuffer.class))
			.isEqualTo(ByteBuffer.wrap(new byte[] { 5 }));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain?", "Grüße", "世界", "🌍?", "\uFFFD stands for itself", "\u0000" })
	void textSurvivesTheRoundTrip(String text) {
		byte[] payload = this.converter.toPayload(text);
		assertThat(payload).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
		assertThat(this.converter.fromPayload(payload, String.class)).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ff", "c3", "c0af", "e282", "eda080", "f4908080", "80", "efbfbdff" })
	void malformedUtf8IsRefused(String hex) {
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(HexFormat.of().parseHex(hex), String.class))
			.withMessageContaining("UTF-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\uD800", "a\uDC00b", "\uD83C?", "\uDF0D\uD83C" })
	void unpairedSurrogateIsRefused(String text) {
		assertThatExceptionOfType(MessageConversionException.class).isThrownBy(() -> this.converter.toPayload(text))
			.withMessageContaining("surrogate");
	}

	@Test
	void protobufIsBinary() {
		Struct struct = Struct.newBuilder().putFields("a", Value.newBuilder().setNumberValue(1).build()).build();
		byte[] payload = this.converter.toPayload(struct);
		assertThat(payload).isEqualTo(struct.toByteArray());
		assertThat(this.converter.fromPayload(payload, Struct.class)).isEqualTo(struct);
	}

	@Test
	void malformedProtobufIsRefused() {
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(new byte[] { 0x0A, 0x05, 'a' }, StringValue.class));
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(new byte[0], NamePart.class))
			.withMessageContaining("name_part, is_extension");
	}

	@Test
	void recordsAreJson() {
		byte[] payload = this.converter.toPayload(new Order(7, "tea"));
		assertThat(payload).asString().isEqualTo("{\"id\":7,\"item\":\"tea\"}");
		assertThat(this.converter.fromPayload(payload, Order.class)).isEqualTo(new Order(7, "tea"));
	}

	@Test
	void genericTypesWorkBothWays() {
		List<Order> orders = List.of(new Order(7, "tea"), new Order(8, null));
		byte[] payload = this.converter.toPayload(orders);
		assertThat(this.converter.fromPayload(payload, ORDERS)).isEqualTo(orders);
		assertThat(this.converter.fromPayload(payload, MAYBE_ORDERS)).contains(orders);
		assertThat(this.converter.fromPayload(payload, Order[].class)).containsExactlyElementsOf(orders);
		assertThat((Object) this.converter.fromPayload("{\"a\":1}".getBytes(), Map.class)).isEqualTo(Map.of("a", 1));
	}

	@Test
	void nothingIsAnEmptyPayload() {
		assertThat(this.converter.toPayload(null)).isEmpty();
		assertThat(this.converter.toPayload(Optional.empty())).isEmpty();
		assertThat(this.converter.toPayload(Optional.of("a"))).containsExactly('a');
	}

	@Test
	void emptyPayloadIsAnEmptyValueOrNothing() {
		byte[] empty = {};
		assertThat(this.converter.fromPayload(empty, byte[].class)).isEmpty();
		assertThat(this.converter.fromPayload(empty, String.class)).isEmpty();
		assertThat(this.converter.fromPayload(empty, ByteBuffer.class).remaining()).isZero();
		assertThat(this.converter.fromPayload(empty, StringValue.class)).isEqualTo(StringValue.getDefaultInstance());
		assertThat(this.converter.fromPayload(empty, Order.class)).isNull();
		assertThat(this.converter.fromPayload(empty, ORDERS)).isNull();
		assertThat(this.converter.fromPayload(empty, MAYBE_ORDERS)).isEmpty();
		assertThat(this.converter.fromPayload(empty, Void.class)).isNull();
		assertThat(this.converter.fromPayload(empty, (Type) void.class)).isNull();
	}

	@Test
	void jsonNullIsNothing() {
		byte[] jsonNull = "null".getBytes(StandardCharsets.UTF_8);
		assertThat(this.converter.fromPayload(jsonNull, Order.class)).isNull();
		assertThat(this.converter.fromPayload(jsonNull, MAYBE_ORDERS)).isEmpty();
		assertThat(this.converter.fromPayload(jsonNull, String.class)).isEqualTo("null");
	}

	@Test
	void answerThatNobodyWantsIsNotRead() {
		assertThat(this.converter.fromPayload("{".getBytes(), Void.class)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "[]", "{\"id\":\"x\"}", "{\"id\":1}{", " null", "{\"id\":1,\"item\":\"\u0001\"}" })
	void malformedJsonIsRefused(String json) {
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(json.getBytes(StandardCharsets.UTF_8), Order.class))
			.isNotInstanceOf(UnsupportedPayloadTypeException.class);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			{"items":[{"price":1},{"price":"a lot"}]} | items[1].price is not a valid int
			{"items":[{"price":true}]}                | items[0].price is not a valid int
			{"items":[{"price":99999999999}]}         | items[0].price is not a valid int
			{"items":[{"price":null}]}                | items[0].price is null
			{"items":[{}]}                            | items[0].price is missing
			{"items":[{"price":-1}]}                  | items[0] is not a valid Item
			{"items":[{"price":1,"colour":"BEIGE"}]}  | items[0].colour is not a valid Colour
			{"items":[{"price":1,"day":"someday"}]}   | items[0].day is not a valid LocalDate
			{"items":[{"price":1,"name":{}}]}         | items[0].name is not a valid string
			{"items":{}}                              | items is not a valid array
			{"counts":[]}                             | counts is not a valid object
			{"counts":{"a.b c":"x"}}                  | counts.a.b c is not a valid int
			{"counts":{"größe":"x"}}                  | counts.größe is not a valid int
			{"counts":{"a\\nb\\u2028":"x"}}           | counts.a?b? is not a valid int
			{"items":[{"price":1 "name":""}]}         | items[0] is not valid JSON at line 1, column 22
			{"name":"x"}                              | name is not known
			""")
	void messageNamesTheFieldAndNoValue(String json, String message) {
		PayloadConverter strict = PayloadConverter.builder()
			.jsonMapper(JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build())
			.build();
		assertThatExceptionOfType(UnreadablePayloadException.class)
			.isThrownBy(() -> strict.fromPayload(json.getBytes(StandardCharsets.UTF_8), Basket.class))
			.withMessage(message);
		// as an answer with generics is read
		assertThatExceptionOfType(UnreadablePayloadException.class)
			.isThrownBy(() -> strict.fromPayload(("[" + json + "]").getBytes(StandardCharsets.UTF_8),
					new ParameterizedTypeReference<List<Basket>>() {
					}))
			.withMessageStartingWith("[0]." + message.replaceAll(" column.*", ""));
	}

	@Test
	void messageIsShortWhateverThePayload() {
		String deep = "{\"more\":".repeat(500) + "1";
		String wide = "{\"counts\":{\"" + "x".repeat(10_000) + "\":[]}}";
		for (String json : List.of(deep, wide, "[".repeat(1001))) {
			assertThatExceptionOfType(UnreadablePayloadException.class)
				.isThrownBy(() -> this.converter.fromPayload(json.getBytes(StandardCharsets.UTF_8),
						json.startsWith("[") ? List.class : Basket.class))
				.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeBetween(10, 300));
		}
	}

	@Test
	void malformedUtf8InJsonIsRefused() {
		byte[] payload = { '{', '"', 'i', 't', 'e', 'm', '"', ':', '"', (byte) 0xFF, '"', '}' };
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(payload, Order.class));
	}

	@Test
	void deepJsonIsRefused() {
		byte[] payload = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
		assertThatExceptionOfType(MessageConversionException.class)
			.isThrownBy(() -> this.converter.fromPayload(payload, List.class));
	}

	@Test
	void typeThatJacksonCannotBuildIsUnsupported() {
		assertThatExceptionOfType(UnsupportedPayloadTypeException.class)
			.isThrownBy(() -> this.converter.fromPayload("{}".getBytes(), Unbuildable.class))
			.withMessageContaining(Unbuildable.class.getName());
		assertThatExceptionOfType(UnsupportedPayloadTypeException.class)
			.isThrownBy(() -> this.converter.fromPayload("{}".getBytes(), Optional.class))
			.withMessageContaining("ParameterizedTypeReference");
	}

	@Test
	void mapperOfTheApplicationIsUsed() {
		JsonMapper mapper = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
			.build();
		PayloadConverter custom = PayloadConverter.builder().jsonMapper(mapper).build();
		assertThat(custom.toPayload(new Order(7, "tea"))).asString().isEqualTo("{\"Id\":7,\"Item\":\"tea\"}");
	}

	@Test
	void converterOfTheApplicationGoesBeforeJson() {
		PayloadConverter custom = PayloadConverter.builder().converter(new OrderConverter()).build();
		assertThat(custom.toPayload(new Order(7, "tea"))).asString().isEqualTo("7");
		assertThat(custom.fromPayload("8".getBytes(), Order.class)).isEqualTo(new Order(8, null));
		assertThat(custom.toPayload("text")).asString().isEqualTo("text");
		assertThat(custom.toPayload(Map.of("a", 1))).asString().isEqualTo("{\"a\":1}");
	}

	record Order(int id, @Nullable String item) implements Serializable {

	}

	static class Unbuildable {

		Unbuildable(int first, int second) {
		}

	}

	static class OrderConverter extends AbstractMessageConverter {

		@Override
		protected boolean supports(Class<?> type) {
			return type == Order.class;
		}

		@Override
		protected Object convertFromInternal(Message<?> message, Class<?> type, @Nullable Object hint) {
			return new Order(Integer.parseInt(new String((byte[]) message.getPayload())), null);
		}

		@Override
		protected Object convertToInternal(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
			return String.valueOf(((Order) payload).id());
		}

	}

	enum Colour {

		RED

	}

	record Item(String name, int price, Colour colour, LocalDate day) {

		Item {
			if (price < 0) {
				throw new IllegalArgumentException("a secret");
			}
		}

	}

	record Basket(List<Item> items, Map<String, Integer> counts, Basket more) {

	}

}
