package io.github.udsboot.autoconfigure.listener;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.security.PeerAuthorizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which authorizer decides for which listener.
 */
class PeerAuthorizerBeansTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
					TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.admin.path=" + this.directory.resolve("admin.sock"),
					"uds.listeners.open.path=" + this.directory.resolve("open.sock"));
	}

	private static PeerAuthorizer of(ApplicationContext context, String bean) {
		return context.getBean(bean, UdsListenerContainer.class).getOptions().getAuthorizer();
	}

	@Test
	void whenABeanIsQualifiedThenItDecidesForItsListenerAndTheOneWithoutForTheOthers() {
		this.contextRunner.withUserConfiguration(QualifiedAndCommon.class).run((context) -> {
			assertThat(of(context, "adminUdsListenerContainer")).isSameAs(context.getBean("strict"));
			assertThat(of(context, "udsListenerContainer")).isSameAs(context.getBean("common"));
			assertThat(of(context, "openUdsListenerContainer")).isSameAs(context.getBean("common"));
		});
	}

	@Test
	void whenABeanHasTheNameOfAListenerThenItDecidesForThatOneOnly() {
		this.contextRunner.withBean("admin", PeerAuthorizer.class, () -> (peer) -> false)
			.withBean("default", PeerAuthorizer.class, () -> (peer) -> false)
			.run((context) -> {
				assertThat(of(context, "adminUdsListenerContainer")).isSameAs(context.getBean("admin"));
				assertThat(of(context, "udsListenerContainer")).isSameAs(context.getBean("default"));
				assertThat(of(context, "openUdsListenerContainer")).isSameAs(PeerAuthorizer.acceptAll());
			});
	}

	@Test
	void whenAQualifierNamesNoListenerThenTheStartFailsAndTheReportNamesBeanAndListeners() {
		this.contextRunner.withUserConfiguration(Misspelled.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(UnknownPeerAuthorizersException.class, (ex) -> {
					FailureAnalysis report = new UnknownPeerAuthorizersFailureAnalyzer().analyze(ex);
					assertThat(report.getDescription()).contains("'strict' with @Qualifier(\"admni\")")
						.contains("'admin', 'default', 'open'");
					assertThat(report.getAction()).contains("Correct the qualifiers");
				}));
	}

	@Test
	void whenTheListenerOfAQualifierIsDisabledThenItsAuthorizerIsAtRest() {
		this.contextRunner.withUserConfiguration(QualifiedAndCommon.class)
			.withPropertyValues("uds.listeners.admin.enabled=false")
			.run((context) -> assertThat(of(context, "udsListenerContainer")).isSameAs(context.getBean("common")));
	}

	@Test
	void whenSeveralAreQualifiedWithTheSameListenerThenTheStartFailsAndTheReportNamesThem() {
		this.contextRunner.withUserConfiguration(TwoOfAdmin.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(AmbiguousPeerAuthorizersException.class, (ex) -> {
					assertThat(ex.getListener()).isEqualTo("admin");
					FailureAnalysis report = new AmbiguousPeerAuthorizersFailureAnalyzer().analyze(ex);
					assertThat(report.getDescription()).contains("the listener 'admin'", "'first', 'second'");
					assertThat(report.getAction()).contains("@Primary");
				}));
	}

	@Test
	void whenSeveralHaveNoQualifierThenTheStartFailsThoughAnotherHasOne() {
		this.contextRunner.withUserConfiguration(QualifiedAndCommon.class)
			.withBean("another", PeerAuthorizer.class, () -> (peer) -> true)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(NoUniqueBeanDefinitionException.class)
				.isInstanceOfSatisfying(AmbiguousPeerAuthorizersException.class, (ex) -> {
					assertThat(ex.getListener()).isNull();
					assertThat(new AmbiguousPeerAuthorizersFailureAnalyzer().analyze(ex).getDescription())
						.contains("'common'", "'another'")
						.doesNotContain("strict");
				}));
	}

	@Test
	void whenOneOfSeveralIsPrimaryThenItDecides() {
		this.contextRunner.withUserConfiguration(WithPrimary.class)
			.run((context) -> assertThat(of(context, "udsListenerContainer")).isSameAs(context.getBean("chosen")));
	}

	@Test
	void whenABeanIsNoCandidateThenItIsTheApplicationsOwnBusiness() {
		this.contextRunner.withUserConfiguration(NoCandidates.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(of(context, "udsListenerContainer")).isSameAs(PeerAuthorizer.acceptAll());
			assertThat(of(context, "openUdsListenerContainer")).isSameAs(context.getBean("ofOpen"));
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class QualifiedAndCommon {

		@Bean
		@Qualifier("admin")
		PeerAuthorizer strict() {
			return (peer) -> false;
		}

		@Bean
		PeerAuthorizer common() {
			return (peer) -> true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Misspelled {

		@Bean
		@Qualifier("admni")
		PeerAuthorizer strict() {
			return (peer) -> false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoOfAdmin {

		@Bean
		@Qualifier("admin")
		PeerAuthorizer first() {
			return (peer) -> false;
		}

		@Bean
		@Qualifier("admin")
		PeerAuthorizer second() {
			return (peer) -> true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithPrimary {

		@Bean
		PeerAuthorizer ignored() {
			return (peer) -> true;
		}

		@Bean
		@Primary
		PeerAuthorizer chosen() {
			return (peer) -> false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoCandidates {

		@Bean(autowireCandidate = false)
		@Qualifier("of the application")
		PeerAuthorizer own() {
			return (peer) -> false;
		}

		@Bean(defaultCandidate = false)
		PeerAuthorizer onlyAskedForByName() {
			return (peer) -> false;
		}

		@Bean(defaultCandidate = false)
		@Qualifier("open")
		PeerAuthorizer ofOpen() {
			return (peer) -> false;
		}

	}

}
