package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsServerSocket.AddressState;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransportContractTests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JunixsocketTransportTests extends UdsTransportContractTests {

	private final UdsAddress name = UdsAddress.of("@uds-test-" + ProcessHandle.current().pid());

	@Override
	protected UdsTransport createTransport() {
		return new JunixsocketTransport();
	}

	@Test
	void processAndNumericIdsOfThePeerAreKnown() throws IOException {
		UdsServerSocket server = bind();
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("connect", "junixsocket", address())).isEqualTo("connected");
			PeerCredentials peer = accept(server).peerCredentials();
			assertThat(peer.pid()).isEqualTo(child.pid());
			assertThat(peer.uid()).isEqualTo(((Number) Files.getAttribute(this.directory, "unix:uid")).longValue());
			assertThat(peer.gid()).isEqualTo(((Number) Files.getAttribute(this.directory, "unix:gid")).longValue());
		}
	}

	@Test
	void jdkClientIsServed() throws IOException {
		UdsServerSocket server = bind();
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("connect", "jdk", address())).isEqualTo("connected");
			assertThat(accept(server).peerCredentials().pid()).isEqualTo(child.pid());
		}
	}

	@Test
	void abstractNameIsBoundWithoutAFile() throws IOException {
		assertThat(this.transport.supports(this.name)).isTrue();
		UdsServerSocket server = closeLater(this.transport.bind(this.name, BindOptions.DEFAULTS));
		UdsSocket client = closeLater(this.transport.connect(this.name));
		client.write(ByteBuffer.wrap(new byte[5]));
		assertThat(accept(server).read(ByteBuffer.allocateDirect(10))).isEqualTo(5);
		assertThat(server.accept()).isNull();
		assertThat(server.address()).isEqualTo(this.name);
		assertThat(server.addressState()).isEqualTo(AddressState.OURS);
		server.withdraw();
		assertThat(server.addressState()).isEqualTo(AddressState.OURS);
		assertThat(Files.readString(java.nio.file.Path.of("/proc/net/unix"))).contains(this.name + "\n");
		server.close();
		server.close();
		assertThat(server.addressState()).isEqualTo(AddressState.GONE);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(this.name))
			.withMessageContaining(this.name.toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ConnectFailedException.Reason.NO_SOCKET));
	}

	@Test
	void abstractNameOfThisJvmIsRefused() throws IOException {
		closeLater(this.transport.bind(this.name, BindOptions.DEFAULTS));
		assertBindFails(this.name, BindFailedException.Reason.SAME_JVM);
	}

	@Test
	void liveServerWithAnAbstractNameIsNotEvenTouched() throws IOException {
		try (AFUNIXServerSocketChannel live = AFUNIXServerSocketChannel.open()) {
			live.bind(AFUNIXSocketAddress.inAbstractNamespace(this.name.abstractName()));
			live.configureBlocking(false);
			assertBindFails(this.name, BindFailedException.Reason.LIVE_SERVER);
			assertThat(live.accept()).isNull();
		}
	}

	@Test
	void abstractNameOfAnotherProcessIsRefusedEvenWithAFullBacklog() throws IOException {
		try (ChildJvm child = ChildJvm.start()) {
			assertThat(child.ask("bind", "junixsocket", this.name, "rw-------", 0)).isEqualTo("bound");
			assertBindFails(this.name, BindFailedException.Reason.LIVE_SERVER);
			ConnectFailedException failure = null;
			while (failure == null) {
				try {
					closeLater(this.transport.connect(this.name));
				}
				catch (ConnectFailedException ex) {
					failure = ex;
				}
			}
			assertThat(failure.reason()).isEqualTo(ConnectFailedException.Reason.BACKLOG_FULL);
			assertBindFails(this.name, BindFailedException.Reason.LIVE_SERVER);
			child.kill();
			closeLater(this.transport.bind(this.name, BindOptions.DEFAULTS));
		}
	}

	@Test
	void abstractNameOf107BytesIsBound() throws IOException {
		UdsAddress longest = UdsAddress.of("@" + "é".repeat(53) + "x");
		UdsServerSocket server = closeLater(this.transport.bind(longest, BindOptions.DEFAULTS));
		closeLater(this.transport.connect(longest));
		accept(server);
	}

	@Test
	void paddedNameIsAnotherOneThanTheExact() throws IOException {
		UdsAddress padded = UdsAddress.of("unix-abstract-padded:" + this.name.abstractName());
		UdsServerSocket server = closeLater(this.transport.bind(padded, BindOptions.DEFAULTS));
		assertThat(server.address()).isEqualTo(padded);
		closeLater(this.transport.connect(padded));
		accept(server);
		assertBindFails(padded, BindFailedException.Reason.SAME_JVM);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(this.name))
			.withMessageContaining("Write '" + padded + "'")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ConnectFailedException.Reason.NO_SOCKET));
		UdsServerSocket exact = closeLater(this.transport.bind(this.name, BindOptions.DEFAULTS));
		closeLater(this.transport.connect(this.name));
		accept(exact);
		assertThat(server.accept()).isNull();
		server.close();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(padded))
			.withMessageContaining("Write '" + this.name + "'");
		exact.close();
		// The connections that the servers have accepted keep the names in the kernel's
		// list
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.transport.connect(padded))
			.withMessageContaining("there is no socket");
	}

	@Test
	void nameOfALiveServerIsRefusedWithoutConnectingToIt() throws IOException {
		try (ChildJvm child = ChildJvm.start()) {
			for (String form : new String[] { "@", "unix-abstract-padded:" }) {
				UdsAddress address = UdsAddress.of(form + this.name.abstractName());
				assertThat(child.ask("bind", "junixsocket", address, "rw-------", 0)).isEqualTo("bound");
				assertBindFails(address, BindFailedException.Reason.LIVE_SERVER);
				assertThat(child.ask("accepted")).isEqualTo("0");
				assertThat(child.ask("close")).isEqualTo("closed");
			}
		}
	}

	@Test
	void selectorOfTheJdkIsRefused() throws IOException {
		UdsSocket socket = pair().client();
		try (Selector selector = Selector.open()) {
			assertThatExceptionOfType(IllegalSelectorException.class)
				.isThrownBy(() -> socket.register(selector, SelectionKey.OP_READ, null));
		}
	}

	@Test
	void missingNativeLibraryIsExplainedEachTime() throws IOException {
		String remedy = "-Dorg.newsclub.net.unix.library.tmpdir=";
		try (ChildJvm child = ChildJvm.start("-Dorg.newsclub.net.unix.library.disable=true")) {
			for (int i = 0; i < 2; i++) {
				assertThat(child.ask("bind", "junixsocket", address(), "rw-------", 0))
					.startsWith(BindFailedException.Reason.TRANSPORT_UNAVAILABLE + " ")
					.contains(address().toString(), remedy);
				assertThat(child.ask("connect", "junixsocket", address()))
					.startsWith(ConnectFailedException.Reason.OTHER + " ")
					.contains(address().toString(), remedy);
			}
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	private void assertBindFails(UdsAddress address, BindFailedException.Reason reason) {
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> this.transport.bind(address, BindOptions.DEFAULTS))
			.withMessageContaining(address.toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
	}

}
