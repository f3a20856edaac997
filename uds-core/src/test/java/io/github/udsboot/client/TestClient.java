package io.github.udsboot.client;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

import io.github.udsboot.client.call.CallbackExecutor;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.client.rpc.UnaryCallExecutor;
import io.github.udsboot.client.shared.ReadBuffers;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Builds templates with settings that users do not have. One connection unless said
 * otherwise.
 */
public final class TestClient {

	public static final int MAX_STREAMS = 64;

	private final UdsAddress address;

	public UdsTransport transport;

	public Duration timeout = Duration.ofSeconds(20);

	public Duration connectTimeout = Duration.ofSeconds(5);

	public Duration waitForServer = Duration.ofSeconds(20);

	public Duration initialBackoff = Duration.ofMillis(2);

	public Duration maxBackoff = Duration.ofMillis(20);

	public Duration busyPoll = Duration.ZERO;

	public int maxConnections = 1;

	public int maxInFlight = 256;

	public Long firstStreamId;

	public boolean watchIdle = true;

	public Executor executor = CallbackExecutor.executor();

	public CallRecorder recorder = CallRecorder.NONE;

	public IntFunction<ByteBuffer> buffers = ByteBuffer::allocateDirect;

	public ClientLimits limits = ClientLimits.DEFAULTS;

	public FrameLimits frameLimits = FrameLimits.DEFAULTS;

	public PayloadConverter converter = PayloadConverter.defaults();

	public final List<UdsClientInterceptor> interceptors = new ArrayList<>();

	private StreamCalls streams;

	public TestClient(Path path, TransportType transport) {
		this.address = UdsAddress.of(path);
		this.transport = UdsTransports.select(transport, this.address);
	}

	public UdsTemplate build() {
		MultiplexedProtocol protocol = new TtrpcProtocol();
		SharedConnections connections = new SharedConnections("test",
				new SharedSettings(
						new ConnectSettings(this.address, this.transport, this.connectTimeout, this.waitForServer,
								this.initialBackoff, this.maxBackoff, this.busyPoll, true),
						protocol, this.frameLimits, this.maxConnections, this.maxInFlight,
						(this.firstStreamId != null) ? this.firstStreamId : protocol.firstStreamId(), this.watchIdle,
						this.limits),
				new ReadBuffers(this.maxConnections, this.buffers));
		this.streams = new StreamCalls(connections,
				new ClientInterceptorChain("test", this.address.toString(), this.interceptors), MAX_STREAMS,
				this.recorder, this.executor, null);
		return new UdsTemplate(connections, new UnaryCallExecutor(connections, this.recorder, this.executor, null),
				this.streams, this.converter, this.timeout);
	}

	/** Return those of the template that was built last. */
	public StreamCalls streams() {
		return this.streams;
	}

	/** Return what a template does not show to users. */
	public static SharedConnections connections(UdsTemplate template) {
		return (SharedConnections) template.getConnectionFactory();
	}

}
