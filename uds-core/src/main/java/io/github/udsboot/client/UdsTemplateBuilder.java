package io.github.udsboot.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;
import org.springframework.util.Assert;

import io.github.udsboot.client.call.CallbackExecutor;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.client.connection.ExpectedServer;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.client.rpc.InterceptedUnaryCalls;
import io.github.udsboot.client.rpc.StreamCalls;
import io.github.udsboot.client.rpc.UnaryCallExecutor;
import io.github.udsboot.client.session.ExchangeExecutor;
import io.github.udsboot.client.session.InterceptedExchanges;
import io.github.udsboot.client.session.SessionConnections;
import io.github.udsboot.client.session.SessionSettings;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.security.AllowListPeerAuthorizer;
import io.github.udsboot.session.SessionCodec;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Builds a {@link UdsTemplate}. Not thread-safe. One class, because each setting is a
 * field and a method whose Javadoc says what it means.
 */
public final class UdsTemplateBuilder {

	private static final int SHARED_CONNECTIONS = 2;

	private static final int EXCLUSIVE_CONNECTIONS = 64;

	private @Nullable UdsAddress address;

	private String name = "default";

	private TransportType transport = TransportType.AUTO;

	private List<String> expectedUsers = List.of();

	private List<String> expectedGroups = List.of();

	private @Nullable WireProtocol protocol;

	private FrameLimits frameLimits = FrameLimits.DEFAULTS;

	private Duration timeout = Duration.ofSeconds(30);

	private Duration connectTimeout = Duration.ofSeconds(5);

	private Duration waitForServer = Duration.ofSeconds(5);

	private Duration initialBackoff = Duration.ofMillis(20);

	private Duration maxBackoff = Duration.ofSeconds(1);

	private @Nullable Integer maxConnections;

	private @Nullable Boolean keepAlive;

	private ReadUntil readUntil = ReadUntil.CHUNK;

	private int maxStreams = 64;

	private int maxInFlightPerConnection = 256;

	private ClientLimits limits = ClientLimits.DEFAULTS;

	private @Nullable Duration busyPoll;

	private @Nullable Long firstStreamId;

	private @Nullable PayloadConverter converter;

	private @Nullable Boolean probe;

	private CallRecorder recorder = CallRecorder.NONE;

	private @Nullable Executor executor;

	private @Nullable TaskDecorator taskDecorator;

	private final List<UdsClientInterceptor> interceptors = new ArrayList<>();

	UdsTemplateBuilder() {
	}

	/**
	 * Set the address to connect to. Required.
	 * @param path the path of the socket or an abstract name, in the form of
	 * {@link UdsAddress}
	 * @return this
	 * @throws IllegalArgumentException if the text is not an address
	 */
	public UdsTemplateBuilder path(String path) {
		return address(UdsAddress.of(path));
	}

	/**
	 * Set the address to connect to. Required.
	 * @param path the path of the socket
	 * @return this
	 * @throws IllegalArgumentException if the path is empty
	 */
	public UdsTemplateBuilder path(Path path) {
		return address(UdsAddress.of(path));
	}

	/**
	 * Set the address to connect to. Required.
	 * @param address the address of the socket
	 * @return this
	 */
	public UdsTemplateBuilder address(UdsAddress address) {
		this.address = address;
		return this;
	}

	/**
	 * Set the client's name, for logs, meters and threads.
	 * @param name the name, by default {@code default}
	 * @return this
	 */
	public UdsTemplateBuilder name(String name) {
		this.name = name;
		return this;
	}

	/**
	 * Set the transport.
	 * @param transport the transport, by default the JDK's unless the address needs
	 * another
	 * @return this
	 */
	public UdsTemplateBuilder transport(TransportType transport) {
		this.transport = transport;
		return this;
	}

	/**
	 * Set the users who may be the server, by default all. Who the server is, the kernel
	 * tells on each new connection, before anything is sent: the user of the process that
	 * began to listen. With {@link #expectedGroups}, one of the two is sufficient. The
	 * names are looked up once, here. A call that finds another server fails at once with
	 * a {@link io.github.udsboot.UdsUnexpectedServerException}.
	 * @param users the users, at least one, by name or number
	 * @return this
	 * @throws IllegalArgumentException if there is none, or a name is unknown to this
	 * system
	 */
	public UdsTemplateBuilder expectedUsers(String... users) {
		Assert.notEmpty(users, "No user is expected: name at least one");
		AllowListPeerAuthorizer.of(List.of(users), List.of());
		this.expectedUsers = List.of(users);
		return this;
	}

	/**
	 * Set the groups whose users may be the server, as {@link #expectedUsers}.
	 * @param groups the groups, at least one, by name or number
	 * @return this
	 * @throws IllegalArgumentException if there is none, or a name is unknown to this
	 * system
	 */
	public UdsTemplateBuilder expectedGroups(String... groups) {
		Assert.notEmpty(groups, "No group is expected: name at least one");
		AllowListPeerAuthorizer.of(List.of(), List.of(groups));
		this.expectedGroups = List.of(groups);
		return this;
	}

	/**
	 * Set the protocol.
	 * @param protocol the protocol, by default ttrpc
	 * @return this
	 */
	public UdsTemplateBuilder protocol(WireProtocol protocol) {
		this.protocol = protocol;
		return this;
	}

	/**
	 * Set the limits of a frame in either direction.
	 * @param frameLimits the limits, by default {@link FrameLimits#DEFAULTS}
	 * @return this
	 */
	public UdsTemplateBuilder frameLimits(FrameLimits frameLimits) {
		this.frameLimits = frameLimits;
		return this;
	}

	/**
	 * Set the timeout of a whole call: waiting for a connection, sending, and the answer.
	 * @param timeout the time, more than zero, by default 30 seconds
	 * @return this
	 */
	public UdsTemplateBuilder timeout(Duration timeout) {
		Assert.isTrue(Nanos.of(timeout) > 0, "timeout must be more than zero");
		this.timeout = timeout;
		return this;
	}

	/**
	 * Set how long to keep trying to connect to a server whose backlog is full.
	 * @param connectTimeout the time, by default 5 seconds
	 * @return this
	 */
	public UdsTemplateBuilder connectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
		return this;
	}

	/**
	 * Set how long a call waits, within its timeout, for a server that is not yet, or no
	 * longer, there.
	 * @param waitForServer the time, by default 5 seconds, zero to fail at once
	 * @return this
	 */
	public UdsTemplateBuilder waitForServer(Duration waitForServer) {
		this.waitForServer = waitForServer;
		return this;
	}

	/**
	 * Set how long to wait between attempts to connect. The time doubles with each
	 * attempt and is varied randomly.
	 * @param initial the first time, by default 20 ms
	 * @param max the longest time, by default 1 s
	 * @return this
	 */
	public UdsTemplateBuilder backoff(Duration initial, Duration max) {
		Assert.isTrue(Nanos.of(initial) > 0 && initial.compareTo(max) <= 0,
				"The initial back-off must be more than zero and at most the maximum");
		this.initialBackoff = initial;
		this.maxBackoff = max;
		return this;
	}

	/**
	 * Set how many connections all callers share or, in a protocol without routes, where
	 * each exchange has a connection of its own, how many exchanges may be under way at
	 * once. A further connection is made when a call finds the others busy or has to wait
	 * for its turn; if the server does not accept it, no other is tried for the longest
	 * back-off. Sessions do not count.
	 * @param maxConnections the number, at least 1, by default 2, or 64 in a protocol
	 * without routes
	 * @return this
	 */
	public UdsTemplateBuilder maxConnections(int maxConnections) {
		Assert.isTrue(maxConnections > 0, "maxConnections must be at least 1");
		this.maxConnections = maxConnections;
		return this;
	}

	/**
	 * Set how many streams may be open at once. Each has a connection of its own, besides
	 * those that calls share. One more fails with a
	 * {@link io.github.udsboot.UdsLimitExceededException}. Has no effect in a protocol
	 * without routes, which has no streams.
	 * @param maxStreams the number, at least 1, by default 64
	 * @return this
	 */
	public UdsTemplateBuilder maxStreams(int maxStreams) {
		Assert.isTrue(maxStreams > 0, "maxStreams must be at least 1");
		this.maxStreams = maxStreams;
		return this;
	}

	/**
	 * Set whether a connection outlives its first exchange. Only with a
	 * {@link MessageProtocol}.
	 * @param keepAlive whether it does, or {@code null} for the protocol's own default:
	 * {@code true} for {@code line}, {@code false} for {@code raw}
	 * @return this
	 */
	public UdsTemplateBuilder keepAlive(@Nullable Boolean keepAlive) {
		this.keepAlive = keepAlive;
		return this;
	}

	/**
	 * Set where an answer ends. Only with a {@link MessageProtocol}.
	 * @param readUntil the end, by default {@link ReadUntil#CHUNK}
	 * @return this
	 */
	public UdsTemplateBuilder readUntil(ReadUntil readUntil) {
		this.readUntil = readUntil;
		return this;
	}

	/**
	 * Set how many calls may be under way per connection. Further ones get another
	 * connection, up to {@link #maxConnections}, or wait; a server refuses calls beyond
	 * its own limit.
	 * @param maxInFlightPerConnection the number, at least 1, by default 256
	 * @return this
	 */
	public UdsTemplateBuilder maxInFlightPerConnection(int maxInFlightPerConnection) {
		Assert.isTrue(maxInFlightPerConnection > 0 && maxInFlightPerConnection <= 1 << 20,
				"maxInFlightPerConnection must be from 1 to 1048576");
		this.maxInFlightPerConnection = maxInFlightPerConnection;
		return this;
	}

	/**
	 * Set how many bytes of requests may wait to be written to a connection because the
	 * server reads too slowly or not at all. Beyond that, further calls wait for room
	 * within their timeout. Has no effect in a protocol without routes.
	 * @param outboundQueueSize the number of bytes, at least 1, by default 4 MiB
	 * @return this
	 */
	public UdsTemplateBuilder outboundQueueSize(long outboundQueueSize) {
		Assert.isTrue(outboundQueueSize > 0, "outboundQueueSize must be at least 1");
		this.limits = new ClientLimits(outboundQueueSize, this.limits.memory(), this.limits.frameTimeout(),
				this.limits.stallTimeout());
		return this;
	}

	/**
	 * Set how many bytes of requests that no thread waits for, such as those of
	 * {@code requestAsync}, may wait to be sent: for their turn, for room in a
	 * connection, or for the server. A request beyond that fails with a
	 * {@link io.github.udsboot.UdsLimitExceededException}. Has no effect in a protocol
	 * without routes.
	 * @param memory the number of bytes, at least 1, or {@code null} for the default, an
	 * eighth of the heap
	 * @return this
	 */
	public UdsTemplateBuilder memory(@Nullable Long memory) {
		Assert.isTrue(memory == null || memory > 0, "memory must be at least 1");
		this.limits = new ClientLimits(this.limits.outboundQueueSize(),
				(memory != null) ? memory : ClientLimits.DEFAULTS.memory(), this.limits.frameTimeout(),
				this.limits.stallTimeout());
		return this;
	}

	/**
	 * Set how long an answer, or an item of a stream, may take from its first byte to its
	 * last. After that its connection is closed, and the calls on it fail. Has no effect
	 * in a protocol without routes.
	 * @param frameTimeout the time, by default 10 seconds, zero for no limit
	 * @return this
	 */
	public UdsTemplateBuilder frameTimeout(Duration frameTimeout) {
		this.limits = new ClientLimits(this.limits.outboundQueueSize(), this.limits.memory(), frameTimeout,
				this.limits.stallTimeout());
		return this;
	}

	/**
	 * Set how long a connection may make no progress: the server reads nothing of what
	 * waits to be written, or sends nothing while calls run out of time. After that,
	 * further calls, and those of whose requests nothing was written, get another
	 * connection. Has no effect on streams and in a protocol without routes.
	 * @param stallTimeout the time, by default 10 seconds, zero for no limit
	 * @return this
	 */
	public UdsTemplateBuilder stallTimeout(Duration stallTimeout) {
		this.limits = new ClientLimits(this.limits.outboundQueueSize(), this.limits.memory(),
				this.limits.frameTimeout(), stallTimeout);
		return this;
	}

	/**
	 * Set how long a caller polls for its answer before it sleeps.
	 * @param busyPoll the time, zero for never, {@code null} (the default) for 50 µs with
	 * two or more processors
	 * @return this
	 */
	public UdsTemplateBuilder busyPoll(@Nullable Duration busyPoll) {
		this.busyPoll = busyPoll;
		return this;
	}

	/**
	 * Set whether {@link UdsConnectionFactory#reachability()} may connect to find out
	 * whether the server is there while there is no connection.
	 * @param probe whether it may, {@code null} (the default) to allow it only if the
	 * protocol has routes: some servers of other protocols serve a single connection, or
	 * exit after a useless one
	 * @return this
	 */
	public UdsTemplateBuilder probe(@Nullable Boolean probe) {
		this.probe = probe;
		return this;
	}

	/**
	 * Set the converter of payloads.
	 * @param converter the converter, by default {@link PayloadConverter#defaults()}
	 * @return this
	 */
	public UdsTemplateBuilder converter(PayloadConverter converter) {
		this.converter = converter;
		return this;
	}

	/**
	 * Set the recorder that is told about every call.
	 * @param recorder the recorder, by default none
	 * @return this
	 */
	public UdsTemplateBuilder recorder(CallRecorder recorder) {
		this.recorder = recorder;
		return this;
	}

	/**
	 * Set the executor that completes the futures of asynchronous calls, and calls the
	 * subscribers of publishers and, at the end of a stream, the interceptors. The thread
	 * that submits a task may be reading the answers of others, so the executor must not
	 * block it. A task that it rejects, otherwise fails to take, or would run on the
	 * submitting thread runs on the default, once; a task that it drops silently is lost.
	 * @param executor the executor, by default a pool of a few daemon threads shared by
	 * all templates
	 * @return this
	 */
	public UdsTemplateBuilder executor(@Nullable Executor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Set the decorator of the completion of the futures of asynchronous calls, applied
	 * on the thread that makes the call: a
	 * {@link org.springframework.core.task.support.ContextPropagatingTaskDecorator}
	 * carries the context of that thread into the dependent stages of such a future that
	 * run when it completes.
	 * @param taskDecorator the decorator, by default {@code null}: none
	 * @return this
	 */
	public UdsTemplateBuilder taskDecorator(@Nullable TaskDecorator taskDecorator) {
		this.taskDecorator = taskDecorator;
		return this;
	}

	/**
	 * Add an interceptor, inside the existing ones. By default there are none.
	 * @param interceptor the interceptor
	 * @return this
	 */
	public UdsTemplateBuilder interceptor(UdsClientInterceptor interceptor) {
		this.interceptors.add(interceptor);
		return this;
	}

	/**
	 * Change the interceptors.
	 * @param change gets the existing ones, the outermost first, to add, remove or sort
	 * @return this
	 */
	public UdsTemplateBuilder interceptors(Consumer<List<UdsClientInterceptor>> change) {
		change.accept(this.interceptors);
		return this;
	}

	/** For tests: set the first stream id of each connection. */
	UdsTemplateBuilder firstStreamId(long firstStreamId) {
		this.firstStreamId = firstStreamId;
		return this;
	}

	/**
	 * Build the template. It connects on its first call.
	 * @return a new template
	 * @throws IllegalArgumentException if no path was set, or the transport cannot reach
	 * it or has no room for it
	 */
	public UdsTemplate build() {
		UdsAddress address = this.address;
		Assert.notNull(address, "The path of the socket must be set");
		UdsTransport transport = ExpectedServer.check(
				UdsTransports.select(this.transport, UdsTransports.checkLength(this.transport, address)),
				this.expectedUsers, this.expectedGroups);
		PayloadConverter converter = (this.converter != null) ? this.converter : PayloadConverter.defaults();
		WireProtocol protocol = (this.protocol != null) ? this.protocol : WireProtocols.named("ttrpc");
		if (protocol instanceof MessageProtocol messages) {
			return build(address, transport, messages, converter);
		}
		Assert.isTrue(protocol instanceof MultiplexedProtocol,
				() -> "The protocol '" + protocol.name() + "' is neither a MultiplexedProtocol nor a MessageProtocol");
		return build(address, transport, (MultiplexedProtocol) protocol, converter);
	}

	private UdsTemplate build(UdsAddress address, UdsTransport transport, MultiplexedProtocol protocol,
			PayloadConverter converter) {
		Assert.isTrue(this.keepAlive == null && this.readUntil == ReadUntil.CHUNK,
				() -> "The protocol '" + protocol.name()
						+ "' keeps its connections and says itself where an answer ends: leave 'keep-alive' and "
						+ "'read-until' out, or use 'line' or 'raw'");
		SharedConnections connections = new SharedConnections(this.name, new SharedSettings(
				connectSettings(address, transport, this.probe == null || this.probe), protocol, this.frameLimits,
				(this.maxConnections != null) ? this.maxConnections : SHARED_CONNECTIONS, this.maxInFlightPerConnection,
				(this.firstStreamId != null) ? this.firstStreamId : protocol.firstStreamId(), true, this.limits));
		Executor executor = (this.executor != null) ? this.executor : CallbackExecutor.executor();
		UnaryCallExecutor calls = new UnaryCallExecutor(connections, this.recorder, executor, this.taskDecorator);
		ClientInterceptorChain interceptors = interceptors(address);
		return new UdsTemplate(connections,
				interceptors.isEmpty() ? calls : new InterceptedUnaryCalls(calls, interceptors),
				new StreamCalls(connections, interceptors, this.maxStreams, this.recorder, executor,
						this.taskDecorator),
				converter, this.timeout);
	}

	private UdsTemplate build(UdsAddress address, UdsTransport transport, MessageProtocol protocol,
			PayloadConverter converter) {
		boolean untilEnd = this.readUntil == ReadUntil.EOF;
		Assert.isTrue(!untilEnd || !Boolean.TRUE.equals(this.keepAlive),
				"A connection that is read to its end cannot be kept: leave 'keep-alive' out, or 'read-until: eof'");
		boolean keepAlive = (this.keepAlive != null) ? this.keepAlive : protocol.keepsAlive();
		SessionSettings settings = new SessionSettings(this.name,
				connectSettings(address, transport, Boolean.TRUE.equals(this.probe)),
				untilEnd ? protocol.untilEndOfInput() : protocol, this.frameLimits,
				(this.maxConnections != null) ? this.maxConnections : EXCLUSIVE_CONNECTIONS, keepAlive && !untilEnd,
				this.timeout);
		SessionCodec codec = new SessionCodec(converter, protocol.newWriter(this.frameLimits), settings.path());
		SessionConnections connections = new SessionConnections(settings, codec);
		ExchangeExecutor exchanges = new ExchangeExecutor(connections, this.recorder);
		return new UdsTemplate(connections, this.interceptors.isEmpty() ? exchanges
				: new InterceptedExchanges(exchanges, codec, interceptors(address)));
	}

	private ConnectSettings connectSettings(UdsAddress address, UdsTransport transport, boolean probe) {
		return new ConnectSettings(address, transport, this.connectTimeout, this.waitForServer, this.initialBackoff,
				this.maxBackoff, this.busyPoll, probe);
	}

	private ClientInterceptorChain interceptors(UdsAddress address) {
		return new ClientInterceptorChain(this.name, address.toString(), this.interceptors);
	}

}
