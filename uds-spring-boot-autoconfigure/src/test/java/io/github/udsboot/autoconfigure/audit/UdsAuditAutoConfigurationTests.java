package io.github.udsboot.autoconfigure.audit;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.audit.listener.AuditListener;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;

import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsConnectionRefusedEvent;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.listener.UdsConnectionRefusal;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of refused connections: events, and audit events.
 */
class UdsAuditAutoConfigurationTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
							UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
							UdsClientAutoConfiguration.class, UdsAuditAutoConfiguration.class))
			.withUserConfiguration(GreetingHandlers.class)
			.withBean(PeerAuthorizer.class, () -> (peer) -> false)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"));
	}

	/** As Boot does, whose own configuration looks for Spring Security as well. */
	private ApplicationContextRunner audited(AuditEventRepository repository) {
		return this.contextRunner.withBean(AuditEventRepository.class, () -> repository)
			.withBean(AuditListener.class, () -> new AuditListener(repository));
	}

	private static void beRefused(UdsTemplate template, int times) {
		for (int i = 0; i < times; i++) {
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> template.request("echo", "x", String.class));
		}
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void whenThereIsARepositoryThenRefusedConnectionsAreAudited(TransportType transport) {
		AuditEventRepository repository = new InMemoryAuditEventRepository();
		audited(repository).withPropertyValues("uds.socket.transport=" + transport).run((context) -> {
			beRefused(context.getBean(UdsTemplate.class), 20);
			Awaitility.await().until(() -> count(repository) == 20);
			List<AuditEvent> events = repository.find(null, null, "UDS_CONNECTION_REFUSED");
			assertThat(events).hasSizeLessThan(20).allSatisfy((event) -> {
				assertThat(event.getPrincipal()).isEqualTo(System.getProperty("user.name"));
				assertThat(event.getData()).containsEntry("listener", "default")
					.containsEntry("address", this.directory.resolve("a.sock").toString())
					.containsEntry("reason", "UNAUTHORIZED");
				if (transport == TransportType.JUNIXSOCKET) {
					assertThat(event.getData()).containsEntry("pid", ProcessHandle.current().pid())
						.containsKeys("uid", "gid");
				}
			});
		});
	}

	private static long count(AuditEventRepository repository) {
		return repository.find(null, null, "UDS_CONNECTION_REFUSED")
			.stream()
			.mapToLong((event) -> 1 + (Long) event.getData().get("unreported"))
			.sum();
	}

	@Test
	void whenThePeerIsUnknownThenTheAuditHasNoPrincipal() {
		AuditEventRepository repository = new InMemoryAuditEventRepository();
		audited(repository).run((context) -> {
			context.getBean("udsRefusedConnectionAuditor", UdsConnectionRefusalListener.class)
				.refused(new UdsConnectionRefusal("orders", "@orders", null, RefusalReason.NO_CREDENTIALS, 3));
			assertThat(repository.find(null, null, "UDS_CONNECTION_REFUSED")).singleElement().satisfies((event) -> {
				assertThat(event.getPrincipal()).isEmpty();
				assertThat(event.getData()).containsOnlyKeys("listener", "address", "reason", "unreported");
			});
		});
	}

	@Test
	void whenThereIsNoRepositoryThenThereAreEventsAllTheSameAndAFailingListenerHarmsNothing() {
		Queue<UdsConnectionRefusedEvent> events = new ConcurrentLinkedQueue<>();
		Queue<Thread> threads = new ConcurrentLinkedQueue<>();
		this.contextRunner.withInitializer((context) -> context
			.addApplicationListener((ApplicationListener<UdsConnectionRefusedEvent>) (event) -> {
				threads.add(Thread.currentThread());
				events.add(event);
				throw new IllegalStateException("expected by the test");
			})).run((context) -> {
				assertThat(context).doesNotHaveBean(RefusedConnectionAuditor.class);
				beRefused(context.getBean(UdsTemplate.class), 5);
				Awaitility.await()
					.until(() -> events.stream().mapToLong((event) -> 1 + event.getRefusal().unreported()).sum() == 5);
				assertThat(events).allSatisfy((event) -> {
					assertThat(event.getRefusal().peer()).isNotNull();
					assertThat(event.getSource()).isSameAs(event.getRefusal());
				});
				assertThat(threads).allMatch((thread) -> thread.getName().startsWith("uds-default-"));
			});
	}

	@Test
	void whenActuatorIsMissingThenTheApplicationStarts() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("udsRefusedConnectionAuditor")
				.hasBean("udsRefusedEventPublisher"));
	}

	@Test
	void whenBeansOfTheApplicationHaveTheNamesThenTheyReplaceThose() {
		this.contextRunner.withBean(AuditEventRepository.class, InMemoryAuditEventRepository::new)
			.withBean("udsRefusedConnectionAuditor", String.class, () -> "none")
			.withBean("udsRefusedEventPublisher", String.class, () -> "none")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(UdsConnectionRefusalListener.class));
	}

}
