package io.github.udsboot.protocol.ttrpc;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client makes of what a server sends.
 */
class TtrpcClientSideTests {

	private static final String TYPE_URL = "type.googleapis.com/google.rpc.ErrorInfo";

	private static final FrameLimits LIMITS = new FrameLimits(1_000, 50, 3, 30);

	private final ReaderDriver driver = new ReaderDriver(new TtrpcProtocol().newReader(Side.CLIENT, LIMITS));

	@Test
	void statusOkMayBeLeftOutOrGiven() throws Exception {
		byte[] payload = Raw.field(2, "yes");
		for (byte[] status : new byte[][] { {}, Raw.field(1, new byte[0]), Raw.field(1, Raw.number(1, 0)) }) {
			ResponseFrame response = response(Raw.response(1, status, payload));
			assertThat(response.status()).isEqualTo(Status.OK);
			assertThat(response.payload()).asString().isEqualTo("yes");
			assertThat(response.undispatched()).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "5, NOT_FOUND", "16, UNAUTHENTICATED", "17, UNKNOWN", "-1, UNKNOWN", "4294967301, NOT_FOUND" })
	void codeBecomesAStatus(long code, Status status) throws Exception {
		assertThat(response(Raw.response(1, Raw.field(1, Raw.number(1, code)))).status()).isEqualTo(status);
	}

	@Test
	void repeatedStatusIsMerged() throws Exception {
		ResponseFrame response = response(Raw.response(1, Raw.field(1, Raw.number(1, 3), Raw.field(2, "first")),
				Raw.field(2, "payload"), Raw.field(1, Raw.number(1, 5))));
		assertThat(response.status()).isEqualTo(Status.NOT_FOUND);
		assertThat(response.message()).isEqualTo("first");
		assertThat(response(Raw.response(3)).message()).isEmpty();
	}

	@Test
	void everythingButAResponseDataAndExtensionsFailsTheCall() throws Exception {
		Set<Integer> known = Set.of(2, 3, 0x80, 0x82, 0x83, 0x84);
		for (int type = 0; type < 256; type++) {
			if (!known.contains(type)) {
				assertThat(refusal(Raw.frame(1, type, Raw.field(2, "data")))).isEqualTo(Status.INTERNAL);
			}
		}
		response(Raw.response(1));
	}

	@Test
	void oversizeResponseFailsTheCall() throws Exception {
		assertThat(refusal(Raw.frame(1_001, 1, 2, new byte[1_001]))).isEqualTo(Status.RESOURCE_EXHAUSTED);
		response(Raw.response(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ff", "0a020801ff", "0a03 120180", "0a0508011a0108", "0a06 1a04 0a0280ff", "12051234" })
	void malformedResponseFailsTheCall(String hex) throws Exception {
		assertThat(refusal(Raw.response(1, Raw.hex(hex)))).isEqualTo(Status.INTERNAL);
		response(Raw.response(3));
	}

	@Test
	void refusalBeforeDispatchIsRecognisedInItsDetailOnly() throws Exception {
		byte[] reason = Raw.field(1, "NOT_DISPATCHED");
		byte[] domain = Raw.field(2, "uds-spring-boot");
		byte[] url = Raw.field(1, TYPE_URL);
		assertThat(undispatched(url, Raw.field(2, reason, domain))).isTrue();
		assertThat(undispatched(Raw.field(2, domain, Raw.field(3, "more"), reason), url)).isTrue();
		assertThat(undispatched(url, Raw.field(2, reason))).isFalse();
		assertThat(undispatched(url, Raw.field(2, domain))).isFalse();
		assertThat(undispatched(url, Raw.field(2, reason, Raw.field(2, "elsewhere")))).isFalse();
		assertThat(undispatched(url, Raw.field(2, Raw.field(1, "NOT_DISPATCHED!"), domain))).isFalse();
		assertThat(undispatched(Raw.field(1, TYPE_URL + "2"), Raw.field(2, reason, domain))).isFalse();
		assertThat(undispatched(Raw.field(2, reason, domain))).isFalse();
		assertThat(undispatched(url)).isFalse();
		assertThat(undispatched(url, Raw.field(2, Raw.hex("ffffff")))).isFalse();
	}

	@Test
	void refusalIsFoundAmongOtherDetails() throws Exception {
		byte[] refused = Raw.field(3, Raw.field(1, TYPE_URL),
				Raw.field(2, Raw.field(1, "NOT_DISPATCHED"), Raw.field(2, "uds-spring-boot")));
		byte[] other = Raw.field(3, Raw.field(1, "type.googleapis.com/google.rpc.DebugInfo"), Raw.field(2, "x"));
		assertThat(response(Raw.response(1, Raw.field(1, other, refused, other))).undispatched()).isTrue();
		assertThat(response(Raw.response(3, Raw.field(1, other))).undispatched()).isFalse();
	}

	@Test
	void detailsAreReadInOrderWithoutTheMarkOfARefusal() throws Exception {
		byte[] first = Raw.field(3, Raw.field(2, "x"), Raw.field(9, "unknown"), Raw.field(1, "acme/a"));
		byte[] mark = Raw.field(3, Raw.field(1, TYPE_URL),
				Raw.field(2, Raw.field(1, "NOT_DISPATCHED"), Raw.field(2, "uds-spring-boot")));
		byte[] empty = Raw.field(3);
		byte[] other = Raw.field(3, Raw.field(1, TYPE_URL), Raw.field(2, Raw.field(1, "TOO_MANY")));
		ResponseFrame response = response(
				Raw.response(1, Raw.field(1, first, mark, empty), Raw.field(2, "payload"), Raw.field(1, other)));
		assertThat(response.details()).containsExactly(new StatusDetail("acme/a", "x".getBytes()),
				new StatusDetail("", new byte[0]), new StatusDetail(TYPE_URL, Raw.field(1, "TOO_MANY")));
		assertThat(response.undispatched()).isTrue();
		assertThat(response(Raw.response(3, Raw.field(1, Raw.number(1, 5)))).details()).isEmpty();
		assertThat(response.details()).as("of the first").hasSize(3);
	}

	@Test
	void manyDetailsDoNotTakeManyObjects() throws Exception {
		byte[][] details = new byte[400][];
		Arrays.fill(details, Raw.field(3));
		ResponseFrame response = response(
				Raw.response(1, Raw.field(1, Raw.join(details), Raw.number(1, 5)), Raw.field(2, "payload")));
		assertThat(response.details()).hasSize(StatusDetails.MAX_READ);
		assertThat(response.status()).isEqualTo(Status.NOT_FOUND);
		assertThat(response.payload()).asString().isEqualTo("payload");
	}

	private boolean undispatched(byte[]... any) throws Exception {
		return response(Raw.response(1, Raw.field(1, Raw.number(1, 14), Raw.field(3, any)))).undispatched();
	}

	private ResponseFrame response(byte[] frame) throws Exception {
		List<Frame> frames = this.driver.feed(frame);
		assertThat(frames).singleElement().isInstanceOf(ResponseFrame.class);
		return (ResponseFrame) frames.get(0);
	}

	private Status refusal(byte[] frame) throws Exception {
		List<Frame> frames = this.driver.feed(frame);
		assertThat(frames).singleElement().isInstanceOf(InvalidFrame.class);
		return ((InvalidFrame) frames.get(0)).status();
	}

}
