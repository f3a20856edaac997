package io.github.udsboot.protocol.ttrpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a server makes of what a client sends.
 */
class TtrpcServerSideTests {

	private static final byte[] SERVICE = Raw.field(1, "demo.Greeter");

	private static final byte[] METHOD = Raw.field(2, "Greet");

	private static final FrameLimits LIMITS = new FrameLimits(1_000, 50, 3, 30);

	private final FrameReader reader = new TtrpcProtocol().newReader(Side.SERVER, LIMITS);

	private final ReaderDriver driver = new ReaderDriver(this.reader);

	@Test
	void fieldsMayComeInAnyOrderAndUnknownOnesAreSkipped() throws Exception {
		byte[] unknown = Raw.join(Raw.field(9, "?"), Raw.number(200, -1), Raw.hex("51 0102030405060708"),
				Raw.hex("55 01020304"), Raw.hex("5b 0801 5b 5c 5c"));
		RequestFrame request = request(Raw.request(1, Raw.number(4, 7), unknown, METHOD, Raw.field(3, "payload"),
				Raw.field(5, unknown, Raw.field(2, "blue"), Raw.field(1, "tenant")), SERVICE));
		assertThat(FrameText.of(request))
			.isEqualTo("request 1 'demo.Greeter.Greet' timeout 7 metadata {tenant=[blue]} payload " + "7061796c6f6164");
	}

	@Test
	void lastOfRepeatedFieldsWins() throws Exception {
		RequestFrame request = request(Raw.request(1, Raw.field(1, "a"), Raw.field(2, "b"), Raw.field(3, "old"),
				Raw.number(4, 1), SERVICE, METHOD, Raw.number(4, 2), Raw.field(3, "new")));
		assertThat(request.route()).isEqualTo("demo.Greeter.Greet");
		assertThat(request.timeoutNanos()).isEqualTo(2);
		assertThat(request.payload()).asString().isEqualTo("new");
		assertThat(request(Raw.request(3, Raw.field(3, "old"), Raw.field(3, ""))).payload()).isEmpty();
	}

	@Test
	void knownFieldWithAnotherWireTypeIsSkippedAsInGo() throws Exception {
		RequestFrame request = request(Raw.request(1, SERVICE, METHOD, Raw.number(1, 5), Raw.number(3, 5),
				Raw.field(4, "text"), Raw.number(5, 5)));
		assertThat(FrameText.of(request)).isEqualTo("request 1 'demo.Greeter.Greet' timeout 0 metadata {} payload ");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			value = { "a.b, c, a.b.c", "\"\", c, c", "a, \"\", a.", "\"\", \"\", \"\"", "a, b.c, a.b.c" })
	void routeIsServiceAndMethod(String service, String method, String route) throws Exception {
		assertThat(request(Raw.request(1, Raw.field(1, service), Raw.field(2, method))).route()).isEqualTo(route);
	}

	@Test
	void routeAskedForAgainIsTheSameString() throws Exception {
		String route = request(Raw.request(1, SERVICE, METHOD)).route();
		for (int i = 0; i < 10; i++) {
			request(Raw.request(3 + 4 * i, SERVICE, Raw.field(2, "Other" + i)));
			assertThat(request(Raw.request(5 + 4 * i, METHOD, SERVICE)).route()).isEqualTo(route);
		}
		assertThat(request(Raw.request(1001, SERVICE, METHOD)).route())
			.isSameAs(request(Raw.request(1003, METHOD, SERVICE)).route());
	}

	@Test
	void manyRoutesAreToldApart() throws Exception {
		for (int i = 0; i < 2_000; i++) {
			String route = "r" + (i * i) % 300;
			assertThat(request(Raw.request(2 * i + 1, Raw.field(2, route))).route()).isEqualTo(route);
		}
	}

	@Test
	void metadataKeepsItsOrderAndItsValues() throws Exception {
		RequestFrame request = request(Raw.request(1, Raw.field(5, Raw.field(1, "b"), Raw.field(2, "1")),
				Raw.field(5, Raw.field(1, "a")), Raw.field(5, Raw.field(1, "b"), Raw.field(2, "2"))));
		assertThat(request.metadata()).containsExactly(Map.entry("b", List.of("1", "2")), Map.entry("a", List.of("")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 255 })
	void flagsOfRequestsAreAccepted(int flags) throws Exception {
		byte[] frame = Raw.request(1, SERVICE, METHOD);
		frame[9] = (byte) flags;
		assertThat(request(frame).route()).isEqualTo("demo.Greeter.Greet");
	}

	@Test
	void evenStreamIdIsRefusedWhateverTheType() throws Exception {
		for (int type = 0; type < 256; type++) {
			assertThat(refusal(Raw.frame(2, type, SERVICE))).isEqualTo(Status.INVALID_ARGUMENT);
		}
		assertThat(refusal(Raw.request(0, SERVICE))).isEqualTo(Status.INVALID_ARGUMENT);
		assertWorks(1);
	}

	@Test
	void streamIdMustBeGreaterThanTheOneBefore() throws Exception {
		request(Raw.request(5, SERVICE, METHOD));
		assertThat(refusal(Raw.request(5, SERVICE, METHOD))).isEqualTo(Status.INVALID_ARGUMENT);
		assertThat(refusal(Raw.request(3, SERVICE, METHOD))).isEqualTo(Status.INVALID_ARGUMENT);
		request(Raw.request(0xffff_fffdL, SERVICE, METHOD));
		assertThat(refusal(Raw.request(0x7fff_ffffL, SERVICE, METHOD))).isEqualTo(Status.INVALID_ARGUMENT);
		assertWorks(0xffff_ffffL);
	}

	@Test
	void malformedRequestUsesItsStreamIdUpAndOversizeOneDoesNot() throws Exception {
		refusal(Raw.request(7, Raw.hex("ff")));
		assertThat(refusal(Raw.request(7, SERVICE, METHOD))).isEqualTo(Status.INVALID_ARGUMENT);
		assertThat(refusal(Raw.frame(1_001, 9, 1, new byte[1_001]))).isEqualTo(Status.RESOURCE_EXHAUSTED);
		assertWorks(9);
	}

	@Test
	void dataIsRefusedForThereAreNoStreams() throws Exception {
		assertThat(refusal(Raw.frame(1, 3, SERVICE))).isEqualTo(Status.INVALID_ARGUMENT);
		assertWorks(1);
	}

	@Test
	void unknownTypesAndResponsesAreIgnored() throws Exception {
		Set<Integer> known = Set.of(1, 3, 0x81, 0x82, 0x83);
		for (int type = 0; type < 256; type++) {
			if (!known.contains(type)) {
				assertThat(this.driver.feed(Raw.frame(1, type, SERVICE), () -> 5)).isEmpty();
				assertThat(this.driver.feed(Raw.frame(1, type))).isEmpty();
			}
		}
		assertThat(this.reader.isMidFrame()).isFalse();
		assertWorks(1);
	}

	@Test
	void ignoredFrameBetweenOthersIsPassedOver() throws Exception {
		byte[] bytes = Raw.join(Raw.request(1, METHOD), Raw.frame(3, 16, SERVICE), Raw.request(3, METHOD));
		assertThat(this.driver.feed(bytes)).extracting(Frame::streamId).containsExactly(1L, 3L);
	}

	@Test
	void oversizeIsDecidedBeforeAllElse() throws Exception {
		assertThat(refusal(Raw.frame(1_001, 2, 16, new byte[1_001]))).isEqualTo(Status.RESOURCE_EXHAUSTED);
		assertWorks(1);
	}

	@Test
	void greatestLengthIsDiscardedAndAnswered() throws Exception {
		assertThat(this.driver.feed(Raw.frame(FrameLimits.FRAME_SIZE_CEILING, 1, 1, new byte[0]))).isEmpty();
		assertThat(this.reader.isMidFrame()).isTrue();
		assertThat(this.reader.target()).isNull();
		byte[] zeros = new byte[FrameLimits.FRAME_SIZE_CEILING];
		assertThat(this.driver.feed(zeros)).singleElement()
			.isEqualTo(new InvalidFrame(1, Status.RESOURCE_EXHAUSTED,
					"Message of 16777215 bytes is over the limit of 1000 bytes"));
		assertWorks(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1 << 24, Integer.MAX_VALUE, -1, Integer.MIN_VALUE })
	void lengthAboveTheCeilingClosesTheConnectionAtItsFirstByte(int length) {
		byte[] frame = Raw.frame(length, 1, 1, new byte[0]);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> this.driver.feed(frame));
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> this.driver.feed(new byte[] { frame[0] }));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 999, 1_000 })
	void lengthsUpToTheLimitAreRead(int length) throws Exception {
		byte[] payload = new byte[Math.max(0, length - 3)];
		byte[] data = (length == 0) ? new byte[0] : (length == 1) ? Raw.hex("08") : Raw.field(3, payload);
		Frame frame = this.driver.feed(Raw.request(1, data)).get(0);
		if (length == 1) {
			assertThat(frame).isInstanceOf(InvalidFrame.class);
		}
		else {
			assertThat(((RequestFrame) frame).payload()).hasSize(payload.length);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ff", "ffffff", "0a", "0a05", "0a0561", "0aff", "0affffffffffffffffff01", "0affffffff0f",
			"0a8080808010", "20", "2080", "2080808080808080808002", "208080808080808080808000", "00", "0000", "0400",
			"06", "07", "0f", "4c", "0b", "0b0801", "0b14", "4b4c04", "0d000000", "09000000", "808080808001",
			"8080808010 00", "2a020a05", "2a03080104", "2a010c", "2a80808080800101" })
	void malformedEnvelopeIsRefused(String hex) throws Exception {
		assertThat(refusal(Raw.request(1, Raw.hex(hex)))).isEqualTo(Status.INVALID_ARGUMENT);
		assertWorks(3);
	}

	@Test
	void groupsMayNestAHundredLevelsDeep() throws Exception {
		request(Raw.request(1, Raw.hex("5b".repeat(100) + "5c".repeat(100))));
		assertThat(refusal(Raw.request(3, Raw.hex("5b".repeat(101) + "5c".repeat(101)))))
			.isEqualTo(Status.INVALID_ARGUMENT);
		assertThat(refusal(Raw.request(5, Raw.hex("5b".repeat(1_000))))).isEqualTo(Status.INVALID_ARGUMENT);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "80", "c080", "c3", "e08080", "eda080", "f4908080", "f8", "6162ff", "616263646566676869c3" })
	void invalidUtf8IsRefusedAndNeverReplaced(String hex) throws Exception {
		byte[] bad = Raw.hex(hex);
		byte[] good = Raw.field(1, "good");
		long id = 1;
		for (byte[] field : new byte[][] { Raw.field(1, bad), Raw.field(2, bad), Raw.field(5, Raw.field(1, bad)),
				Raw.field(5, Raw.field(2, bad)), Raw.join(Raw.field(1, bad), good),
				Raw.field(5, Raw.field(1, bad), good) }) {
			assertThat(refusal(Raw.request(id, METHOD, field))).isEqualTo(Status.INVALID_ARGUMENT);
			id += 2;
		}
		assertThat(request(Raw.request(id, METHOD, Raw.field(3, bad))).payload()).isEqualTo(bad);
	}

	@Test
	void sequenceMayNotReachFromServiceIntoMethod() throws Exception {
		assertThat(refusal(Raw.request(1, Raw.field(1, Raw.hex("c3")), Raw.field(2, Raw.hex("a4")))))
			.isEqualTo(Status.INVALID_ARGUMENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\0", "a\0b", "\n", "\u001b", "\u007f", "\u0085" })
	void controlCharactersInARouteAreRefused(String bad) throws Exception {
		assertThat(refusal(Raw.request(1, SERVICE, Raw.field(2, bad)))).isEqualTo(Status.INVALID_ARGUMENT);
		assertThat(refusal(Raw.request(3, Raw.field(1, bad), METHOD))).isEqualTo(Status.INVALID_ARGUMENT);
	}

	@Test
	void routeOverItsLimitIsRefused() throws Exception {
		assertThat(request(Raw.request(1, Raw.field(1, "s".repeat(14)), Raw.field(2, "m".repeat(15)))).route())
			.hasSize(30);
		assertOverLimit(Raw.request(3, Raw.field(1, "s".repeat(15)), Raw.field(2, "m".repeat(15))), "30 bytes");
		assertThat(request(Raw.request(5, Raw.field(2, "m".repeat(30)))).route()).hasSize(30);
		assertOverLimit(Raw.request(7, Raw.field(2, "m".repeat(31))), "30 bytes");
		assertOverLimit(Raw.request(9, Raw.field(2, "ü".repeat(16))), "30 bytes");
	}

	@Test
	void metadataOverItsLimitsIsRefused() throws Exception {
		byte[] entry = Raw.field(5, Raw.field(1, "k"), Raw.field(2, "v"));
		assertThat(request(Raw.request(1, entry, entry, entry)).metadata()).containsOnlyKeys("k");
		assertOverLimit(Raw.request(3, entry, entry, entry, entry), "3 entries");
		assertThat(request(Raw.request(5, Raw.field(5, Raw.field(1, "k".repeat(25)), Raw.field(2, "v".repeat(25)))))
			.metadata()).hasSize(1);
		assertOverLimit(Raw.request(7, Raw.field(5, Raw.field(1, "k".repeat(25)), Raw.field(2, "v".repeat(26)))),
				"50 bytes");
		assertOverLimit(Raw.request(9, entry, Raw.field(5, Raw.field(2, "ü".repeat(25)))), "50 bytes");
	}

	@Test
	void manyRefusalsInOneBufferAreAllGiven() throws Exception {
		List<byte[]> frames = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			frames.add(Raw.request(2 * i, SERVICE));
		}
		assertThat(this.driver.feed(Raw.join(frames.toArray(byte[][]::new)))).hasSize(100)
			.allMatch(InvalidFrame.class::isInstance);
	}

	private void assertOverLimit(byte[] frame, String limit) throws Exception {
		InvalidFrame invalid = (InvalidFrame) this.driver.feed(frame).get(0);
		assertThat(invalid.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
		assertThat(invalid.message()).contains(limit);
	}

	private void assertWorks(long streamId) throws Exception {
		assertThat(request(Raw.request(streamId, SERVICE, METHOD)).streamId()).isEqualTo(streamId);
	}

	private RequestFrame request(byte[] frame) throws Exception {
		List<Frame> frames = this.driver.feed(frame);
		assertThat(frames).singleElement().isInstanceOf(RequestFrame.class);
		return (RequestFrame) frames.get(0);
	}

	private Status refusal(byte[] frame) throws Exception {
		List<Frame> frames = this.driver.feed(frame);
		assertThat(frames).singleElement().isInstanceOf(InvalidFrame.class);
		InvalidFrame invalid = (InvalidFrame) frames.get(0);
		assertThat(invalid.message()).isNotBlank();
		return invalid.status();
	}

}
