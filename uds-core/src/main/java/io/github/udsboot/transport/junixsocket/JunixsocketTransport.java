package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Selector;
import java.util.Locale;

import org.apache.commons.logging.Log;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSelectorProvider;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.ConnectionRefusedSocketException;
import org.newsclub.net.unix.OperationNotSupportedSocketException;
import org.newsclub.net.unix.SocketClosedException;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.ConnectFailures;
import io.github.udsboot.transport.ReleaseWait;
import io.github.udsboot.transport.SocketFile;
import io.github.udsboot.transport.SocketPathLimit;
import io.github.udsboot.transport.SocketUse;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * The transport over junixsocket: for abstract names of Linux, and if a peer's process
 * and numeric ids are needed. Thread-safe; virtual threads do not touch descriptors of
 * junixsocket.
 */
public final class JunixsocketTransport implements UdsTransport {

	private static final Log logger = GuardedLog.of(JunixsocketTransport.class);

	private static final String NAME = "junixsocket";

	private static final String REMEDY = "Let the native library be unpacked into a directory that permits execution: "
			+ "-Dorg.newsclub.net.unix.library.tmpdir=<directory>.";

	private static final boolean LINUX = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public boolean supports(UdsAddress address) {
		return !address.isAbstract() || LINUX;
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		if (!SocketPathLimit.KERNEL.admits(address)) {
			throw ConnectFailures.tooLong(SocketPathLimit.KERNEL, address);
		}
		try {
			requireNativeLibrary();
			return PlatformThreads.call(() -> connectHere(address));
		}
		catch (ConnectFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw ConnectFailures.explain(address, ex, ex instanceof ConnectionRefusedSocketException, Reason.OTHER);
		}
		catch (LinkageError | UnsupportedOperationException ex) {
			throw new ConnectFailedException(Reason.OTHER,
					"Cannot connect to '" + address + "': " + unusable(ex) + " " + remedy(), ex);
		}
	}

	private static UdsSocket connectHere(UdsAddress address) throws IOException {
		AFUNIXSocketAddress target = AFUNIXSocketAddress.of(address.toBytes());
		while (true) {
			// An interrupt, now or during the call, would close the channel
			boolean interrupted = Thread.interrupted();
			try {
				return connectHere(address, target);
			}
			catch (ClosedByInterruptException ex) {
				interrupted = true;
			}
			finally {
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}
	}

	private static UdsSocket connectHere(UdsAddress address, AFUNIXSocketAddress target) throws IOException {
		AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
		boolean connected = false;
		try {
			// A blocking connect to a full backlog ignores its timeout, and closing the
			// channel does not end it
			configureNonBlocking(channel);
			// Measured with 2.11.1: no listener, a file that is not a socket, no file: an
			// exception. A full backlog (EAGAIN): false, and from then on isConnected()
			// and finishConnect() return true although nothing is connected. AF_UNIX has
			// no pending connects, so false means that this attempt is over.
			connected = channel.connect(target);
			if (!connected) {
				throw ConnectFailures.create(Reason.BACKLOG_FULL, address, null);
			}
			return new JunixsocketSocket(channel);
		}
		finally {
			if (!connected) {
				channel.close();
			}
		}
	}

	/**
	 * Connects a datagram socket. The kernel looks up the socket of the file first and
	 * then compares the types, so that a server of connections does not notice.
	 */
	@Override
	public SocketUse useOf(UdsAddress address) {
		// Not if Java would warn about a library that is needed for nothing else
		if (!LINUX || address.isAbstract() || !SocketPathLimit.KERNEL.admits(address) || NativeAccess.isDenied()) {
			return SocketUse.UNKNOWN;
		}
		try {
			requireNativeLibrary();
			return PlatformThreads.call(() -> useHere(AFUNIXSocketAddress.of(address.toBytes())));
		}
		catch (IOException | LinkageError | UnsupportedOperationException ex) {
			logger.debug("Who uses '" + address + "' cannot be told without connecting", ex);
			return SocketUse.UNKNOWN;
		}
	}

	private static SocketUse useHere(AFUNIXSocketAddress address) throws IOException {
		try (AFUNIXDatagramSocket socket = AFUNIXDatagramSocket.newInstance()) {
			socket.connect(address);
			return SocketUse.IN_USE;
		}
		catch (ConnectionRefusedSocketException ex) {
			return SocketUse.LEFTOVER;
		}
		catch (OperationNotSupportedSocketException ex) {
			// EPROTOTYPE: it accepts streams, or sequenced packets
			return SocketUse.IN_USE;
		}
	}

	private static void configureNonBlocking(AFUNIXSocketChannel channel) throws IOException {
		try {
			channel.configureBlocking(false);
		}
		catch (SocketClosedException ex) {
			// The descriptor is opened only now, and EMFILE is not reported
			throw new IOException("no socket can be opened, probably for want of descriptors", ex);
		}
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		// The wait is on the calling thread: those of the pool are for calls that do not
		// block
		return ReleaseWait.bind(address, options, () -> bindOnce(address, () -> bindHere(address, options)));
	}

	static UdsServerSocket bindOnce(UdsAddress address, PlatformThreads.IoCall<UdsServerSocket> bind)
			throws BindFailedException {
		try {
			requireNativeLibrary();
			return PlatformThreads.call(bind);
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new BindFailedException(BindFailedException.Reason.OTHER, address,
					"The socket '" + address + "' could not be bound: " + ex.getMessage(), "Choose another address.",
					ex);
		}
		catch (LinkageError | UnsupportedOperationException ex) {
			throw new BindFailedException(BindFailedException.Reason.TRANSPORT_UNAVAILABLE, address,
					"The socket '" + address + "' could not be bound: " + unusable(ex), remedy(), ex);
		}
	}

	private static UdsServerSocket bindHere(UdsAddress address, BindOptions options) throws IOException {
		return address.isAbstract() ? AbstractServerSocket.bind(address, options.backlog())
				: new JunixsocketServerSocket(SocketFile.bind(address, options, SocketPathLimit.KERNEL,
						(path) -> JunixsocketListener.bind(path, options.backlog())));
	}

	@Override
	public Selector openSelector() throws IOException {
		try {
			requireNativeLibrary();
			return PlatformThreads
				.call(() -> new JunixsocketSelector(AFUNIXSelectorProvider.provider().openSelector()));
		}
		catch (LinkageError | UnsupportedOperationException ex) {
			throw new IOException("No selector can be opened: " + unusable(ex) + " " + remedy(), ex);
		}
	}

	private static void requireNativeLibrary() {
		// The first time this may be an UnsatisfiedLinkError that gives the reason
		if (!AFUNIXSocket.isSupported()) {
			throw new UnsupportedOperationException("its native library could not be loaded");
		}
	}

	private static String unusable(Throwable cause) {
		return "junixsocket cannot be used " + (NativeAccess.isDenied() ? "since Java denies it native access"
				: "on this system (" + cause.getMessage() + ")") + ".";
	}

	private static String remedy() {
		return NativeAccess.isDenied() ? NativeAccess.remedy() : REMEDY;
	}

}
