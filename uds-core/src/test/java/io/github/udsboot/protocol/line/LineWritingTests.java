package io.github.udsboot.protocol.line;

import org.junit.jupiter.api.Test;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.protocol.WireProtocols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What goes out as a line and what does not.
 */
class LineWritingTests {

	private final LineProtocol protocol = new LineProtocol();

	private final FrameWriter writer = this.protocol.newWriter(FrameLimits.DEFAULTS);

	@Test
	void protocolIsFoundByItsName() {
		LineProtocol found = (LineProtocol) WireProtocols.named("line");
		assertThat(found.name()).isEqualTo("line");
		assertThat(found.keepsAlive()).isTrue();
		assertThat(found.isRouted()).isFalse();
		assertThat(Lines.text(found.encodeGreeting("hi"))).isEqualTo("hi\n");
	}

	@Test
	void payloadIsNotCopied() {
		byte[] payload = Lines.bytes("hello");
		EncodedFrame encoded = this.writer.encode(new MessageFrame(payload));
		assertThat(encoded.head()).isSameAs(payload);
		assertThat(Lines.text(encoded)).isEqualTo("hello\n");
	}

	@Test
	void lineWithADelimiterIsRefused() {
		assertThatExceptionOfType(UnencodableFrameException.class)
			.isThrownBy(() -> this.writer.encode(new MessageFrame(Lines.bytes("half\na command"))))
			.withMessage("A delimiter begins at byte 4 of the line and would end it: "
					+ "encode the message or choose another delimiter")
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(4));
	}

	@Test
	void lineThatEndsAsTheDelimiterBeginsIsRefusedOnlyWhereThatMakesADelimiter() {
		FrameWriter crlf = this.protocol.withDelimiter("\r\n").newWriter(FrameLimits.DEFAULTS);
		assertThat(Lines.text(crlf.encode(new MessageFrame(Lines.bytes("a\r"))))).isEqualTo("a\r\r\n");
		FrameWriter twice = this.protocol.withDelimiter("\n\n").newWriter(FrameLimits.DEFAULTS);
		assertThatExceptionOfType(UnencodableFrameException.class)
			.isThrownBy(() -> twice.encode(new MessageFrame(Lines.bytes("a\n"))))
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(1));
		assertThat(Lines.text(this.writer.encode(new MessageFrame(Lines.bytes("a\r"))))).isEqualTo("a\r\n");
	}

	@Test
	void lineThatIsNoUtf8IsRefused() {
		assertThatExceptionOfType(UnencodableFrameException.class)
			.isThrownBy(() -> this.writer.encode(new MessageFrame(Lines.bytes("abc\u00c3"))))
			.withMessageStartingWith("Line is no valid UTF-8 at byte 3")
			.satisfies((ex) -> assertThat(ex.getOffset()).isEqualTo(3));
	}

	@Test
	void sizeIsCheckedBeforeContentAndWithTheRoute() {
		FrameWriter small = this.protocol.withRouting(LineRouting.FIRST_WORD).newWriter(Lines.limit(8));
		assertThat(Lines.text(small.encode(new MessageFrame("put", Lines.bytes("1234"))))).isEqualTo("put 1234\n");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> small.encode(new MessageFrame("put", Lines.bytes("12345"))))
			.withMessageContaining("9 bytes")
			.withMessageContaining("8 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> small.encode(new MessageFrame("123456789", new byte[0])));
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> small.encode(new MessageFrame(Lines.bytes("\u00ff\n1234567"))));
	}

	@Test
	void greetingIsALine() {
		assertThat(Lines.text(this.protocol.encodeGreeting("welcome"))).isEqualTo("welcome\n");
		assertThat(Lines.text(this.protocol.encodeGreeting("welcome\n"))).isEqualTo("welcome\n");
		assertThat(Lines.text(this.protocol.encodeGreeting("two\nlines"))).isEqualTo("two\nlines\n");
		assertThat(Lines.text(this.protocol.encodeGreeting(""))).isEqualTo("\n");
		assertThat(Lines.text(this.protocol.withDelimiter("\r\n").encodeGreeting("gr\u00fc\u00df\n")))
			.isEqualTo("gr\u00c3\u00bc\u00c3\u009f\n\r\n");
		assertThatIllegalArgumentException().isThrownBy(() -> this.protocol.encodeGreeting("\ud83d"));
	}

}
