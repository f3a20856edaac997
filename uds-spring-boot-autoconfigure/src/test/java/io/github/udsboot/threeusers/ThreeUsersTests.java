package io.github.udsboot.threeusers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three users, as processes without other rights, call one application whose rules name a
 * user, a group, a unit of systemd and routes.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(180)
class ThreeUsersTests {

	private static final int ALICE = 12001;

	private static final int BOB = 12002;

	private static final int CAROL = 12003;

	private static final int OPS = 13000;

	private static final String UNIT = "uds-test-orders.service";

	private static final String DENIED = "PERMISSION_DENIED";

	@TempDir
	private static Path classPathDirectory;

	private static String classPath;

	private static Path cgroup;

	private final TransportType transport;

	@TempDir
	private Path directory;

	private ConfigurableApplicationContext application;

	private CallerProcess alice;

	private CallerProcess bob;

	private CallerProcess carol;

	ThreeUsersTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void prepare() throws IOException {
		Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can be three users");
		classPath = CallerProcess.copyClassPath(classPathDirectory);
		cgroup = makeCgroup();
	}

	/**
	 * Return a control group as systemd would make it, {@code null} where that is denied.
	 */
	private static Path makeCgroup() {
		for (String root : List.of("/sys/fs/cgroup/systemd", "/sys/fs/cgroup")) {
			Path unit = Path.of(root, "system.slice", UNIT);
			try {
				if (Files.exists(Path.of(root, "cgroup.procs"))) {
					Files.createDirectories(unit);
					return unit;
				}
			}
			catch (IOException ex) {
				// This machine does not let tests make control groups
			}
		}
		return null;
	}

	@AfterAll
	static void removeCgroup() throws IOException {
		if (cgroup != null) {
			Files.deleteIfExists(cgroup);
		}
	}

	private void start(String... properties) throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path calls = this.directory.resolve("calls.sock");
		Path lines = this.directory.resolve("lines.sock");
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
			.run("--uds.socket.path=" + calls, "--uds.socket.permissions=rw-rw-rw-",
					"--uds.socket.transport=" + this.transport, "--uds.listeners.lines.path=" + lines,
					"--uds.listeners.lines.permissions=rw-rw-rw-", "--uds.listeners.lines.protocol=line",
					"--uds.listeners.lines.line.routing=first-word",
					"--uds.listeners.lines.transport=" + this.transport, "--spring.main.banner-mode=off");
		String[] arguments = { calls.toString(), lines.toString(), this.transport.name() };
		this.alice = CallerProcess.start(classPath, null, ALICE, ALICE, List.of(), arguments);
		this.bob = CallerProcess.start(classPath, null, BOB, BOB, List.of(OPS, OPS + 1), arguments);
		this.carol = CallerProcess.start(classPath, cgroup, CAROL, OPS, List.of(), arguments);
	}

	@AfterEach
	void stop() {
		Stream.of(this.alice, this.bob, this.carol).forEach((caller) -> {
			if (caller != null) {
				caller.close();
			}
		});
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void eachMayCallWhatTheRulesSay() throws Exception {
		start();
		// Only junixsocket tells which process has connected, and so what /proc says of
		// it
		boolean processIsKnown = this.transport == TransportType.JUNIXSOCKET;
		for (String kind : List.of("unary", "async", "stream")) {
			String suffix = kind.equals("stream") ? ".items" : "";
			assertThat(Stream.of(this.alice, this.bob, this.carol)
				.map((caller) -> caller.ask(kind + " of.alice" + suffix))).as(kind + " by user")
				.containsExactly(name(ALICE), DENIED, DENIED);
			assertThat(
					Stream.of(this.alice, this.bob, this.carol).map((caller) -> caller.ask(kind + " of.ops" + suffix)))
				.as(kind + " by group")
				.containsExactly(DENIED, processIsKnown ? name(BOB) : DENIED, name(CAROL));
			assertThat(
					Stream.of(this.alice, this.bob, this.carol).map((caller) -> caller.ask(kind + " of.unit" + suffix)))
				.as(kind + " by unit")
				.containsExactly(DENIED, DENIED, (processIsKnown && cgroup != null) ? name(CAROL) : DENIED);
			assertThat(Stream.of(this.alice, this.bob, this.carol)
				.map((caller) -> caller.ask(kind + " of.nobody" + suffix))).as(kind + " by no rule")
				.containsOnly(DENIED);
		}
		assertThat(Stream.of(this.alice, this.bob, this.carol).map((caller) -> caller.ask("session secret")))
			.as("session")
			.containsExactly(name(ALICE), name(BOB), "ERR " + DENIED + " access denied");
	}

	@Test
	void noneIsEverTakenForAnother() throws Exception {
		assertNoneIsTakenForAnother();
	}

	@Test
	void noneIsEverTakenForAnotherOnVirtualThreads() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
		assertNoneIsTakenForAnother("spring.threads.virtual.enabled=true");
	}

	private void assertNoneIsTakenForAnother(String... properties) throws Exception {
		start(properties);
		this.alice.tell("mixed 3400 " + name(ALICE));
		this.bob.tell("mixed 3400 " + name(BOB));
		this.carol.tell("mixed 3400 " + name(CAROL));
		assertThat(Stream.of(this.alice, this.bob, this.carol).map(CallerProcess::answer)).containsOnly("3400");
	}

	private static String name(int user) {
		return Integer.toString(user);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		UdsRequestAuthorizationManager rules() {
			return UdsRequestAuthorizationManager.builder()
				.routes("of.alice.**")
				.hasAuthority("UNIX_USER_" + ALICE)
				.routes("of.ops.**")
				.hasAuthority("UNIX_GROUP_" + OPS)
				.routes("of.unit.**")
				.hasAuthority("UNIX_UNIT_" + UNIT)
				.listeners("lines")
				.routes("secret")
				.hasAnyAuthority("UNIX_USER_" + ALICE, "UNIX_USER_" + BOB)
				.listeners("lines")
				.authenticated()
				.routes("who.*")
				.authenticated()
				.build();
		}

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

	}

	static class Handlers {

		@UdsHandler("of.alice")
		String ofAlice(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("of.alice.items")
		Stream<String> itemsOfAlice(int count, PeerCredentials peer) {
			return items(count, peer);
		}

		@UdsHandler("of.ops")
		String ofOps(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("of.ops.items")
		Stream<String> itemsOfOps(int count, PeerCredentials peer) {
			return items(count, peer);
		}

		@UdsHandler("of.unit")
		String ofUnit(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("of.unit.items")
		Stream<String> itemsOfUnit(int count, PeerCredentials peer) {
			return items(count, peer);
		}

		@UdsHandler("of.nobody")
		String ofNobody(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("of.nobody.items")
		Stream<String> itemsOfNobody(int count, PeerCredentials peer) {
			return items(count, peer);
		}

		@UdsHandler("who.inline")
		String inline(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler(value = "who.pool", execution = Execution.POOL)
		String pool(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("who.future")
		CompletableFuture<String> future(PeerCredentials peer) {
			String who = who(peer);
			return CompletableFuture.supplyAsync(() -> who + (isAuthenticated() ? " outside" : ""),
					CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
		}

		@UdsHandler("who.failing")
		CompletableFuture<String> failing() {
			return CompletableFuture.failedFuture(new IllegalStateException("expected by the test"));
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler("who.stream")
		Stream<String> stream(int count, PeerCredentials peer) {
			return items(count, peer);
		}

		@UdsHandler(value = "who", listener = "lines")
		String line(PeerCredentials peer) {
			return who(peer);
		}

		@UdsHandler(value = "secret", listener = "lines")
		String secret(PeerCredentials peer) {
			return who(peer);
		}

		private static Stream<String> items(int count, PeerCredentials peer) {
			return IntStream.range(0, count).mapToObj((i) -> who(peer));
		}

		private static boolean isAuthenticated() {
			return SecurityContextHolder.getContext().getAuthentication() != null;
		}

		/** Return the caller's name, if all that say it agree. */
		private static String who(PeerCredentials peer) {
			Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
			return (authentication != null && authentication.isAuthenticated() && authentication.getPrincipal() == peer
					&& authentication.getName().equals(peer.getName())) ? peer.getName()
							: peer.getName() + " as " + authentication;
		}

	}

}
