package io.github.udsboot.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our sessions talk X11 to a real X server, by its path and by its abstract name.
 */
@ParameterizedClass(name = "{0} ''{1}''")
@CsvSource({ "JDK, /tmp/.X11-unix/X", "JUNIXSOCKET, /tmp/.X11-unix/X", "AUTO, @/tmp/.X11-unix/X" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class XvfbInteropTests {

	private static final int LIST_EXTENSIONS = 99;

	private static final int NO_SUCH_REQUEST = 126;

	private final TransportType transport;

	private final String address;

	private InteropProcess server;

	private UdsTemplate template;

	XvfbInteropTests(TransportType transport, String address) {
		this.transport = transport;
		this.address = address;
	}

	@BeforeEach
	void startServer() {
		// It chooses a display that is free and prints its number when it accepts clients
		this.server = InteropProcess.start(InteropTool.XVFB.require(), "-displayfd", "1", "-nolisten", "tcp", "-ac",
				"-noreset", "-screen", "0", "64x64x8");
		String display = this.server.awaitLines(1).get(0);
		this.template = UdsTemplate.builder()
			.path(this.address + display)
			.transport(this.transport)
			.protocol(new X11SetupProtocol())
			.build();
	}

	/** With SIGTERM, upon which the server removes its socket and its lock file. */
	@AfterEach
	void stopServer() {
		if (this.server != null) {
			if (this.template != null) {
				this.template.close();
			}
			this.server.terminate();
		}
	}

	private static ByteBuffer request(int size) {
		return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
	}

	/** 12 bytes: byte order, version, and no authorization. */
	private static byte[] setup(int majorVersion) {
		char order = (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) ? 'B' : 'l';
		return request(12).put(0, (byte) order).putShort(2, (short) majorVersion).array();
	}

	private static byte[] requestWithoutArguments(int code) {
		return request(4).put(0, (byte) code).putShort(2, (short) 1).array();
	}

	private static ByteBuffer receive(UdsSession session) {
		return ByteBuffer.wrap(session.receive(byte[].class)).order(ByteOrder.nativeOrder());
	}

	private static String text(ByteBuffer packet, int start, int length) {
		return new String(packet.array(), start, length, StandardCharsets.ISO_8859_1);
	}

	@Test
	void serverAcceptsTheConnection() {
		try (UdsSession session = this.template.open()) {
			session.send(setup(11));
			ByteBuffer setup = receive(session);
			assertThat(setup.get(0)).as("status").isEqualTo((byte) 1);
			assertThat(setup.getShort(2)).as("major version").isEqualTo((short) 11);
			assertThat(setup.capacity()).as("size").isEqualTo(8 + 4 * Short.toUnsignedInt(setup.getShort(6)));
			assertThat(text(setup, 40, setup.getShort(24))).as("vendor").contains("X.Org");
			assertThat(setup.get(28)).as("screens").isEqualTo((byte) 1);
			assertThat(session.isOpen()).isTrue();
		}
	}

	@Test
	void repliesAndErrorsFollow() {
		try (UdsSession session = this.template.open()) {
			session.send(setup(11));
			assertThat(receive(session).get(0)).isEqualTo((byte) 1);
			session.send(requestWithoutArguments(LIST_EXTENSIONS));
			session.send(requestWithoutArguments(NO_SUCH_REQUEST));
			session.send(requestWithoutArguments(LIST_EXTENSIONS));
			assertListOfExtensions(receive(session), 1);
			ByteBuffer error = receive(session);
			assertThat(error.capacity()).isEqualTo(32);
			assertThat(error.get(0)).as("an error").isEqualTo((byte) 0);
			assertThat(error.getShort(2)).as("number of the request").isEqualTo((short) 2);
			assertThat(error.get(10)).as("code of the request").isEqualTo((byte) NO_SUCH_REQUEST);
			assertListOfExtensions(receive(session), 3);
		}
	}

	private static void assertListOfExtensions(ByteBuffer reply, int number) {
		assertThat(reply.get(0)).as("a reply").isEqualTo((byte) 1);
		assertThat(reply.getShort(2)).as("number of the request").isEqualTo((short) number);
		assertThat(text(reply, 32, reply.capacity() - 32)).contains("BIG-REQUESTS", "XTEST");
	}

	@Test
	void refusalIsReadAndEndsTheSession() {
		try (UdsSession session = this.template.open()) {
			session.send(setup(12));
			ByteBuffer refusal = receive(session);
			assertThat(refusal.get(0)).as("status").isEqualTo((byte) 0);
			assertThat(text(refusal, 8, refusal.get(1))).as("reason").containsIgnoringCase("version");
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(byte[].class));
		}
	}

	@Test
	void setupIsAnExchange() {
		byte[] setup = this.template.exchange(setup(11), byte[].class);
		assertThat(setup[0]).as("status").isEqualTo((byte) 1);
	}

}
