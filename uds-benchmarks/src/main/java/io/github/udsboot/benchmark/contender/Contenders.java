package io.github.udsboot.benchmark.contender;

import java.util.List;
import java.util.stream.Stream;

import io.github.udsboot.benchmark.peer.uds.TcpTransport;

/**
 * All contenders.
 */
public final class Contenders {

	/** Ours, as the starter configures it. */
	public static final String UDS = "uds";

	/** Ours without polling. */
	public static final String UDS_NO_POLL = "uds-no-poll";

	/** Ours with handlers on virtual threads. */
	public static final String UDS_VIRTUAL = "uds-virtual";

	/** Ours over loopback TCP. */
	public static final String UDS_TCP = "uds-tcp";

	/** Plain C that sleeps in read. */
	public static final String C = "c";

	/** Plain C that polls. */
	public static final String C_POLL = "c-poll";

	/** Go's net package. */
	public static final String GO_RAW = "go-raw";

	/** Go's net/rpc. */
	public static final String GO_RPC = "go-rpc";

	/** Spring Boot's gRPC. */
	public static final String GRPC = "grpc";

	/** Spring Boot's gRPC with direct executors. */
	public static final String GRPC_DIRECT = "grpc-direct";

	/** Spring's RSocket. */
	public static final String RSOCKET = "rsocket";

	/** RestClient and Tomcat. */
	public static final String HTTP = "http";

	/** Ours with room for many connections, for the probe of idle ones only. */
	public static final JavaContender CROWD = new JavaContender("uds-crowd", "ours, many connections", "uds-crowd",
			List.of(), 17, "as ours, uds.listener.max-connections=20000");

	/** Ours with Spring Security, for a run that names it. */
	public static final JavaContender SECURED = new JavaContender("uds-secured", "ours, Spring Security", "uds-secured",
			List.of(), 17,
			"as ours, with spring-security-core in the server: the handler has the `SecurityContext` of its caller, and a "
					+ "`UdsRequestAuthorizationManager` lets in who has the authority of its user");

	private static final int JDK_17 = 17;

	private static final int JDK_21 = 21;

	private static final String PLAIN_C = "A thread for each connection on both sides, a connection for each caller; "
			+ "a frame is a four-byte length and the payload. gcc -O2. Calls in flight are pipelined, and what one "
			+ "read brings is answered with one write, but each request and each answer is made, copied and checked by "
			+ "itself, with a number in it";

	// @formatter:off
	private static final List<Contender> ALL = List.of(
			new JavaContender(UDS, "ours", "uds", List.of(), JDK_17,
					"A Spring Boot application on each side: `UdsTemplate` calls a `@UdsHandler` with `byte[]`. All "
					+ "properties have their defaults (polling on where there are two processors, two connections); "
					+ "a `SimpleMeterRegistry` times every call on both sides; no observations. Streams are a "
					+ "`Stream<byte[]>`, given and taken"),
			new JavaContender(UDS_NO_POLL, "ours, busy-poll off", "uds-no-poll", List.of(), JDK_17,
					"As ours, `uds.listener.busy-poll=off`, `uds.client.busy-poll=off`"),
			new JavaContender(UDS_VIRTUAL, "ours, virtual handlers", "uds-virtual", List.of(), JDK_21,
					"As ours, `spring.threads.virtual.enabled=true`: each handler runs on a virtual "
					+ "thread (the callers of `virtual-callers-32` do so with any contender)"),
			new JavaContender(UDS_TCP, "ours over TCP", "uds", List.of("-D" + TcpTransport.PROPERTY + "=true"), JDK_17,
					"As ours, but the transport opens sockets of loopback TCP (with TCP_NODELAY) in the place of "
					+ "Unix domain sockets"),
			new ProgramContender(C, "C", "echo-c", List.of(), List.of(), "gcc", PLAIN_C),
			new ProgramContender(C_POLL, "C, polling", "echo-c", List.of(), List.of("poll"), "gcc",
					"As C, but each thread polls with MSG_DONTWAIT and sched_yield in the place of sleeping in read"),
			new ProgramContender(GO_RAW, "Go raw net", "echo-go", List.of("raw"), List.of(), "go",
					"The frames of the C program; a goroutine for each connection, a connection for each caller"),
			new ProgramContender(GO_RPC, "Go net/rpc", "echo-go", List.of("rpc"), List.of(), "go",
					"net/rpc with gob; two clients (connections) that the callers share"),
			new JavaContender(GRPC, "Boot gRPC", "grpc", List.of(), JDK_17,
					"Spring Boot's gRPC modules 4.1.0 over Netty's epoll: "
					+ "`spring.grpc.server.netty.domain-socket-path`, `spring.grpc.client.channel.default.target=unix:`; "
					+ "unary calls of a `BytesValue`, blocking as a generated stub makes them; plaintext; "
					+ "executors by default. Streams through observers: the sender gives items whenever the "
					+ "call is ready, always the same message; the receiver asks for 256 at a time, and the client "
					+ "has a `byte[]` made of each"),
			new JavaContender(GRPC_DIRECT, "Boot gRPC, direct", "grpc-direct", List.of(), JDK_17,
					"As Boot gRPC, with direct executors on both sides"),
			new JavaContender(RSOCKET, "Spring RSocket", "rsocket", List.of(), JDK_17,
					"`RSocketMessageHandler` with `@MessageMapping`, and `RSocketRequester`, request-response of "
					+ "`byte[]`, over reactor-netty's domain sockets (epoll), zero-copy payload decoder. "
					+ "Streams are a `Flux<byte[]>`, asked for 256 items at a time"),
			new JavaContender(HTTP, "RestClient, Tomcat", "http", List.of(), JDK_17,
					"`@RestController` on Spring Boot's Tomcat (256 threads, keep-alive without limit) and "
					+ "`RestClient` over HttpClient 5 (pool of 256 connections), loopback TCP"));
	// @formatter:on

	private Contenders() {
	}

	/**
	 * Return all contenders.
	 * @return the contenders, in the order of tables
	 */
	public static List<Contender> all() {
		return ALL;
	}

	/**
	 * Return a contender, perhaps one that takes part only where it is named.
	 * @param name its name
	 * @return the contender
	 */
	public static Contender named(String name) {
		return Stream.concat(ALL.stream(), Stream.of(SECURED))
			.filter((contender) -> contender.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no contender '" + name + "', but "
					+ String.join(", ", ALL.stream().map(Contender::name).toList())));
	}

}
