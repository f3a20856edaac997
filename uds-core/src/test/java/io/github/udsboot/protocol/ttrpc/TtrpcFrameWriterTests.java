package io.github.udsboot.protocol.ttrpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.WireProtocols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the writer puts on the wire.
 */
class TtrpcFrameWriterTests {

	private final FrameWriter writer = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS);

	@Test
	void protocolIsFoundByItsName() {
		TtrpcProtocol protocol = (TtrpcProtocol) WireProtocols.named("ttrpc");
		assertThat(protocol.firstStreamId()).isEqualTo(1);
		assertThat(protocol.streamIdStep()).isEqualTo(2);
		assertThat(protocol.retireStreamId()).isEqualTo(0xffff_0000L);
	}

	@Test
	void smallPayloadIsCopiedIntoTheHeadAndLargeOneIsNot() {
		EncodedFrame small = this.writer.encode(ResponseFrame.ok(1, new byte[1_024]));
		assertThat(small.body()).isEmpty();
		byte[] payload = new byte[1_025];
		EncodedFrame large = this.writer.encode(ResponseFrame.ok(1, payload));
		assertThat(large.body()).isSameAs(payload);
		assertThat(large.head()).hasSize(10 + 1 + 2);
		assertThat(this.writer.encode(new RequestFrame(1, "a.b", payload, 0, Map.of())).body()).isSameAs(payload);
	}

	@Test
	void emptyFieldsAreLeftOut() {
		assertThat(head(new RequestFrame(1, "", new byte[0], 0, Map.of()))).isEqualTo(Raw.request(1));
		assertThat(head(ResponseFrame.ok(1, new byte[0]))).isEqualTo(Raw.response(1));
		assertThat(head(ResponseFrame.failed(1, Status.INTERNAL, "")))
			.isEqualTo(Raw.response(1, Raw.field(1, Raw.number(1, 13))));
		assertThat(head(new RequestFrame(1, "m", new byte[0], 0, Map.of("", List.of("")))))
			.isEqualTo(Raw.request(1, Raw.field(2, "m"), Raw.field(5)));
	}

	@Test
	void messageBesideOkIsNotSent() {
		assertThat(head(new ResponseFrame(1, Status.OK, "fine", new byte[0], true))).isEqualTo(Raw.response(1));
	}

	@Test
	void invalidFrameIsAnsweredWithAResponseThatMayHaveBeenDispatched() throws Exception {
		assertThat(head(new InvalidFrame(6, Status.INVALID_ARGUMENT, "odd!")))
			.isEqualTo(Raw.response(6, Raw.field(1, Raw.number(1, 3), Raw.field(2, "odd!"))));
	}

	@Test
	void longMessageIsCutBetweenTwoCharacters() throws Exception {
		ResponseFrame response = roundTrip(
				ResponseFrame.failed(1, Status.INTERNAL, "x" + "\ud83d\ude00".repeat(2_000)));
		assertThat(response.message()).isEqualTo("x" + "\ud83d\ude00".repeat(1_023));
		assertThat(roundTrip(ResponseFrame.failed(1, Status.INTERNAL, "x".repeat(4_096))).message()).hasSize(4_096);
		assertThat(roundTrip(ResponseFrame.failed(1, Status.INTERNAL, "x".repeat(4_097))).message()).hasSize(4_096);
	}

	@Test
	void detailsAreWrittenBetweenTheMessageAndTheMarkOfARefusal() {
		byte[] value = { 1, 2 };
		byte[] status = Raw.join(Raw.number(1, 14), Raw.field(2, "no"),
				Raw.field(3, Raw.field(1, "acme/a"), Raw.field(2, value)), Raw.field(3, Raw.field(2, value)),
				Raw.field(3));
		ResponseFrame response = new ResponseFrame(1, Status.UNAVAILABLE, "no", new byte[0], false, List
			.of(new StatusDetail("acme/a", value), new StatusDetail("", value), new StatusDetail("", new byte[0])));
		assertThat(head(response)).isEqualTo(Raw.response(1, Raw.field(1, status)));
		byte[] refused = head(new ResponseFrame(1, Status.UNAVAILABLE, "no", new byte[0], true, response.details()));
		assertThat(Arrays.copyOfRange(refused, refused.length - NotDispatched.request().length, refused.length))
			.isEqualTo(NotDispatched.request());
	}

	@Test
	void detailsBesideOkAreNotSent() {
		assertThat(head(new ResponseFrame(1, Status.OK, "", new byte[0], false,
				List.of(new StatusDetail("acme/a", new byte[100_000])))))
			.isEqualTo(Raw.response(1));
	}

	@Test
	void detailsOverTheirLimitAreRefused() throws Exception {
		// two tags, two lengths of one and of three bytes, the type URL
		int largest = StatusDetails.MAX_SIZE - (1 + 3) - (1 + 1 + 6) - (1 + 3);
		assertThat(roundTrip(failure(largest)).details()).singleElement()
			.satisfies((detail) -> assertThat(detail.value()).hasSize(largest));
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> this.writer.encode(failure(largest + 1)))
			.withMessage("List of details of 65537 bytes is over the limit of 65536 bytes");
	}

	private static ResponseFrame failure(int detailSize) {
		return new ResponseFrame(1, Status.INTERNAL, "", new byte[0], false,
				List.of(new StatusDetail("acme/a", new byte[detailSize])));
	}

	@Test
	void detailsThatDoNotFitTheFrameAreRefused() {
		FrameWriter small = new TtrpcProtocol().newWriter(new FrameLimits(200, 10, 1, 10));
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> small.encode(failure(200)))
			.withMessageContaining("limit of 200 bytes");
	}

	@Test
	void errorFitsASmallLimitToo() {
		FrameWriter small = new TtrpcProtocol().newWriter(new FrameLimits(200, 10, 1, 10));
		assertThat(small.encode(ResponseFrame.refused(1, Status.UNAVAILABLE, "x".repeat(500))).size()).isLessThan(210);
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 1L << 32 })
	void streamIdOutsideOf32BitsIsRefused(long streamId) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.writer.encode(ResponseFrame.ok(streamId, new byte[0])));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d" })
	void halfOfASurrogatePairIsRefusedAndNeverReplaced(String half) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.writer.encode(new RequestFrame(1, half, new byte[0], 0, Map.of())));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.writer.encode(new RequestFrame(1, "m", new byte[0], 0, Map.of("k", List.of(half)))));
	}

	@Test
	void numbersTakeAsManyBytesAsTheyNeed() {
		for (int bits = 0; bits < 64; bits++) {
			for (long value : new long[] { 1L << bits, (1L << bits) - 1, -1L << bits }) {
				byte[] expected = (value != 0) ? Raw.number(4, value) : new byte[0];
				assertThat(head(new RequestFrame(1, "", new byte[0], value, Map.of())))
					.isEqualTo(Raw.request(1, expected));
			}
		}
	}

	@Test
	void textIsWrittenAsUtf8() {
		String text = "a\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff";
		assertThat(head(new RequestFrame(1, text, new byte[0], 0, Map.of())))
			.isEqualTo(Raw.request(1, Raw.field(2, text.getBytes(StandardCharsets.UTF_8))));
	}

	private byte[] head(Frame frame) {
		return this.writer.encode(frame).head();
	}

	private ResponseFrame roundTrip(ResponseFrame response) throws Exception {
		EncodedFrame encoded = this.writer.encode(response);
		return (ResponseFrame) new ReaderDriver(new TtrpcProtocol().newReader(Side.CLIENT, FrameLimits.DEFAULTS))
			.feed(Raw.join(encoded.head(), encoded.body()))
			.get(0);
	}

}
