package io.github.udsboot.protocol.line;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * First words of lines, and failures.
 */
class LineRoutingTests {

	private final LineProtocol plain = new LineProtocol();

	private final LineProtocol routed = new LineProtocol().withRouting(LineRouting.FIRST_WORD);

	@Test
	void onlyFirstWordsMakeRoutes() {
		assertThat(this.plain.isRouted()).isFalse();
		assertThat(this.routed.isRouted()).isTrue();
		assertThat(this.routed.withRouting(LineRouting.NONE).isRouted()).isFalse();
		assertThat(this.routed.withDelimiter(";").isRouted()).isTrue();
		assertThat(this.routed.untilEndOfInput().isRouted()).isTrue();
	}

	@Test
	void wholeLineIsDataWithoutRouting() throws Exception {
		assertThat(Lines.read(this.plain, Side.SERVER, FrameLimits.DEFAULTS, "greet Ada\n ERR INTERNAL\n"))
			.containsExactly("greet Ada", " ERR INTERNAL");
		assertThat(Lines.read(this.plain, Side.CLIENT, FrameLimits.DEFAULTS, "ERR INTERNAL x\n"))
			.containsExactly("ERR INTERNAL x");
	}

	@Test
	void firstWordEndsAtTheFirstSpaceAndNothingElse() throws Exception {
		assertThat(request("greet Ada\ngreet  Ada Lovelace \r\ngreet\ngreet \n Ada\n\nERR INTERNAL x\n"))
			.containsExactly("{greet}Ada", "{greet} Ada Lovelace ", "{greet}", "{greet}", "Ada", "", "{ERR}INTERNAL x");
		assertThat(request("gr\u00c3\u00bc\u00c3\u009fe \u00c3\u00bc\n"))
			.containsExactly("{gr\u00fc\u00dfe}\u00c3\u00bc");
		// no-break space
		assertThat(request("a\u00c2\u00a0b\n")).containsExactly("{a\u00a0b}");
	}

	@Test
	void routeIsReadUpToTheLimitAndRefusedAboveIt() throws Exception {
		String tooLong = "!0 RESOURCE_EXHAUSTED: Route is over the limit of 10 bytes";
		assertThat(Lines.read(this.routed, Side.SERVER, Lines.limit(100),
				"1234567890\n1234567890 x\n12345678901\n12345678901 x\n12345678\u00c3\u00bc\n123456789\u00c3\u00bc\n"
						+ "x".repeat(50) + " y\n1 " + "2".repeat(98) + "\n"))
			.containsExactly("{1234567890}", "{1234567890}x", tooLong, tooLong, "{12345678\u00fc}", tooLong, tooLong,
					"{1}" + "2".repeat(98));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\tb", "\0", "a\r", "\u007f", "\u00c2\u0085x" })
	void controlCharacterInARouteIsRefusedAndOneInThePayloadIsNot(String word) throws Exception {
		LineProtocol delimited = this.routed.withDelimiter(";");
		assertThat(Lines.read(delimited, Side.SERVER, FrameLimits.DEFAULTS, word + ";" + word + " x;y " + word + ";"))
			.containsExactly("!0 INVALID_ARGUMENT: Control character in the route",
					"!0 INVALID_ARGUMENT: Control character in the route", "{y}" + word);
	}

	@Test
	void invalidUtf8IsRefusedInRouteAndPayload() throws Exception {
		assertThat(request("\u00ff x\nab \u00ff\nab \u00c3\n")).containsExactly(
				"!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte 0",
				"!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte 3",
				"!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte 3");
	}

	@Test
	void routeIsWrittenBeforeThePayload() {
		assertThat(write(this.routed, "greet", "Ada")).isEqualTo("greet Ada\n");
		assertThat(write(this.routed, "greet", "")).isEqualTo("greet\n");
		assertThat(write(this.routed, "", "greet Ada")).isEqualTo("greet Ada\n");
	}

	@Test
	void routeThatWouldNotBeReadAsThatIsRefused() {
		assertThatExceptionOfType(UnencodableFrameException.class).isThrownBy(() -> write(this.routed, "\u00fc b", "x"))
			.withMessageContaining("'\u00fc b'")
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(2));
		assertThatExceptionOfType(UnencodableFrameException.class).isThrownBy(() -> write(this.routed, "a\nb", "x"))
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(1));
		assertThatExceptionOfType(UnencodableFrameException.class).isThrownBy(() -> write(this.routed, "a", "x\n"))
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(3));
		assertThatIllegalArgumentException().isThrownBy(() -> write(this.routed, "\ud83d", "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> write(this.plain, "greet", "Ada"))
			.withMessageContaining("'greet'");
	}

	@ParameterizedTest
	@EnumSource
	void failureGoesToTheClient(Status status) throws Exception {
		String line = Lines.text(this.routed.encodeFailure(status, "no such thing"));
		assertThat(line).isEqualTo("ERR " + status + " no such thing\n");
		assertThat(answer(line))
			.containsExactly((status != Status.OK) ? "<0 " + status + ": no such thing>" : "ERR OK no such thing");
		assertThat(Lines.read(this.plain, Side.CLIENT, FrameLimits.DEFAULTS, line))
			.containsExactly("ERR " + status + " no such thing");
	}

	@Test
	void failureNeedsNoMessage() throws Exception {
		assertThat(Lines.text(this.plain.encodeFailure(Status.INTERNAL, ""))).isEqualTo("ERR INTERNAL\n");
		assertThat(answer("ERR INTERNAL\nERR INTERNAL \nERR INTERNAL  x \r\n")).containsExactly("<0 INTERNAL: >",
				"<0 INTERNAL: >", "<0 INTERNAL:  x >");
	}

	@Test
	void onlyAStatusMakesALineAFailure() throws Exception {
		String data = "ERR\nERR \nERR  INTERNAL\nERR INTERNALS x\nERR internal x\nERR 13 x\nerr INTERNAL\n"
				+ " ERR INTERNAL\nERRINTERNAL\nERR INTERNAL\tx\nERR FAILED_PRECONDITIONS\nERR OK\n";
		assertThat(answer(data)).containsExactly(data.split("\n"));
	}

	@Test
	void failureIsOneLineWhateverTheMessage() throws Exception {
		String line = Lines.text(this.routed.encodeFailure(Status.INTERNAL, "a\nb\r\nc\0\t\u001b[2J\u0085"));
		assertThat(line).isEqualTo("ERR INTERNAL a b  c   [2J \n");
		assertThat(Lines.text(this.plain.withDelimiter("--").encodeFailure(Status.INTERNAL, "a--b--\n")))
			.isEqualTo("ERR INTERNAL a b  --");
		assertThat(Lines.text(this.plain.encodeFailure(Status.INTERNAL, "half \ud83d")))
			.isEqualTo("ERR INTERNAL half ?\n");
	}

	@Test
	void messageIsLeftOutWhenItCannotBeSaid() {
		// with the delimiter behind it there would be one earlier
		assertThat(Lines.text(this.plain.withDelimiter("--").encodeFailure(Status.INTERNAL, "a-")))
			.isEqualTo("ERR INTERNAL--");
		// what replaces a delimiter makes another one
		assertThat(Lines.text(this.plain.withDelimiter("a b").encodeFailure(Status.INTERNAL, "aa bb")))
			.isEqualTo("ERR INTERNALa b");
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "E", "RR", "ERR ", "T" })
	void delimiterThatIsPartOfEveryFailureMakesFailuresImpossible(String delimiter) {
		assertThat(this.plain.withDelimiter(delimiter).encodeFailure(Status.INTERNAL, "x")).isNull();
	}

	@Test
	void longMessageIsCutBetweenTwoCharacters() {
		EncodedFrame line = this.plain.encodeFailure(Status.INTERNAL, "x" + "\u00fc".repeat(5_000));
		assertThat(Lines.text(line)).isEqualTo("ERR INTERNAL x" + "\u00c3\u00bc".repeat(2_047) + "\n");
	}

	private List<String> request(String latin1) throws Exception {
		return Lines.read(this.routed, Side.SERVER, FrameLimits.DEFAULTS, latin1);
	}

	private List<String> answer(String latin1) throws Exception {
		return Lines.read(this.routed, Side.CLIENT, FrameLimits.DEFAULTS, latin1);
	}

	private static String write(LineProtocol protocol, String route, String payload) {
		return Lines
			.text(protocol.newWriter(FrameLimits.DEFAULTS).encode(new MessageFrame(route, Lines.bytes(payload))));
	}

}
