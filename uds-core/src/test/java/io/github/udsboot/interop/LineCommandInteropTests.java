package io.github.udsboot.interop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands typed, or piped, into a listener of ours whose lines begin with a route.
 */
@ParameterizedClass(name = "{0} {1}")
@CsvSource({ "JDK, SOCAT", "JDK, NC", "JUNIXSOCKET, SOCAT", "JUNIXSOCKET, NC" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class LineCommandInteropTests {

	private static final int MAX_LINE = 100;

	private final TransportType transport;

	private final Client client;

	@TempDir
	private Path directory;

	private final Commands commands = new Commands();

	private InteropListener listener;

	LineCommandInteropTests(TransportType transport, Client client) {
		this.transport = transport;
		this.client = client;
	}

	@BeforeEach
	void startListener() {
		this.client.program();
		UdsListenerOptions options = InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
		options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD));
		options.setFrameLimits(new FrameLimits(MAX_LINE, 0, 0, 20));
		this.listener = InteropListener.start(options, this.commands);
	}

	@AfterEach
	void stopListener() {
		if (this.listener != null) {
			this.listener.close();
		}
	}

	/** Pipe an input into the client; it ends when we have answered and closed. */
	private List<String> answersTo(byte[] input) {
		try (InteropProcess process = this.client.start(this.listener.socket())) {
			process.write(input);
			process.endInput();
			assertThat(process.awaitExit(InteropProcess.PATIENCE)).as(process.describe()).isZero();
			return process.lines();
		}
	}

	private List<String> answersTo(String input) {
		return answersTo(input.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void commandIsAnswered() {
		assertThat(answersTo("greet Ada\n")).containsExactly("Hello, Ada!");
	}

	@Test
	void carriageReturnIsNoPartOfTheLine() {
		assertThat(answersTo("greet Ada\r\n")).containsExactly("Hello, Ada!");
	}

	@Test
	void textKeepsItsCharacters() {
		assertThat(answersTo("greet \u4e16\u754c \ud83d\ude80\n")).containsExactly("Hello, \u4e16\u754c \ud83d\ude80!");
	}

	@Test
	void onlyTheFirstSpaceParts() {
		assertThat(answersTo("greet  Ada Lovelace \n")).containsExactly("Hello,  Ada Lovelace !");
		assertThat(answersTo("greet\n")).containsExactly("Hello, !");
	}

	@Test
	void manyCommandsAreAnsweredInOrder() {
		StringBuilder input = new StringBuilder();
		List<String> answers = new ArrayList<>();
		IntStream.range(0, 1000).forEach((i) -> {
			input.append("greet ").append(i).append('\n');
			answers.add("Hello, " + i + "!");
		});
		assertThat(answersTo(input.toString())).isEqualTo(answers);
		assertThat(this.listener.stats().accepted()).isEqualTo(1);
	}

	@Test
	void commandWithoutAnAnswerIsSilent() {
		assertThat(answersTo("note one\ngreet Ada\nnote two\n")).containsExactly("Hello, Ada!");
		assertThat(this.commands.notes).containsExactly("one", "two");
	}

	@Test
	void unknownCommandIsRefusedAndTheNextAnswered() {
		List<String> answers = answersTo("shout Ada\ngreet Ada\n");
		assertThat(answers).hasSize(2);
		assertThat(answers.get(0)).startsWith("ERR UNIMPLEMENTED ").contains("shout");
		assertThat(answers.get(1)).isEqualTo("Hello, Ada!");
	}

	@Test
	void failureOfACommandShowsNoInternals() {
		List<String> answers = answersTo("crash now\ngreet Ada\n");
		assertThat(answers).hasSize(2);
		assertThat(answers.get(0)).startsWith("ERR INTERNAL ").doesNotContain(Commands.SECRET, "Exception");
		assertThat(answers.get(1)).isEqualTo("Hello, Ada!");
	}

	@Test
	void invalidUtf8IsRefusedAndTheNextLineAnswered() {
		ByteArrayOutputStream input = new ByteArrayOutputStream();
		input.writeBytes("greet ".getBytes(StandardCharsets.UTF_8));
		input.writeBytes(new byte[] { 'A', (byte) 0xff, '\n' });
		input.writeBytes("greet Ada\n".getBytes(StandardCharsets.UTF_8));
		List<String> answers = answersTo(input.toByteArray());
		assertThat(answers).hasSize(2);
		assertThat(answers.get(0)).startsWith("ERR INVALID_ARGUMENT ").contains("byte 7");
		assertThat(answers.get(1)).isEqualTo("Hello, Ada!");
	}

	@Test
	void lineThatIsTooLongIsRefusedAndTheNextAnswered() {
		List<String> answers = answersTo("greet " + "A".repeat(100_000) + "\ngreet Ada\n");
		assertThat(answers).hasSize(2);
		assertThat(answers.get(0)).startsWith("ERR RESOURCE_EXHAUSTED ").contains(String.valueOf(MAX_LINE));
		assertThat(answers.get(1)).isEqualTo("Hello, Ada!");
	}

	@Test
	void lineWithoutItsEndIsNotRun() {
		assertThat(answersTo("note one\nnote two")).singleElement()
			.asString()
			.startsWith("ERR INVALID_ARGUMENT ")
			.contains("no end");
		// Whatever was accepted is done when the listener has stopped
		this.listener.close();
		assertThat(this.commands.notes).containsExactly("one");
	}

	@Test
	void linesMayBeTypedOneByOne() {
		try (InteropProcess process = this.client.start(this.listener.socket())) {
			process.write("greet Ada\n");
			assertThat(process.awaitLines(1)).containsExactly("Hello, Ada!");
			process.write("gre");
			process.write("et Bob\ngreet C");
			assertThat(process.awaitLines(2)).containsExactly("Hello, Ada!", "Hello, Bob!");
			process.write("y\n");
			assertThat(process.awaitLines(3)).endsWith("Hello, Cy!");
		}
	}

	/**
	 * A program that pipes its stdin into a socket, and what comes back to its stdout.
	 */
	enum Client {

		SOCAT {

			@Override
			Path program() {
				return InteropTool.SOCAT.require();
			}

			/** Without -t, socat waits only half a second for the answer. */
			@Override
			InteropProcess start(Path socket) {
				return InteropProcess.start(program(), "-t", "30", "-", "UNIX-CONNECT:" + socket);
			}

		},

		NC {

			@Override
			Path program() {
				return InteropTool.NC.requireWith("-U");
			}

			/** Without -N, nc does not pass the end of its input on. */
			@Override
			InteropProcess start(Path socket) {
				return InteropProcess.start(program(), "-N", "-U", socket.toString());
			}

		};

		abstract Path program();

		abstract InteropProcess start(Path socket);

	}

	static final class Commands {

		static final String SECRET = "password of the database";

		private final List<String> notes = new CopyOnWriteArrayList<>();

		@UdsHandler("greet")
		String greet(String name) {
			return "Hello, " + name + "!";
		}

		@UdsHandler("note")
		void note(String text) {
			this.notes.add(text);
		}

		@UdsHandler("crash")
		String crash(String text) {
			throw new IllegalStateException(SECRET);
		}

	}

}
