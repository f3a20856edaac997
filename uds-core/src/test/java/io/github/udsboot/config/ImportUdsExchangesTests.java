package io.github.udsboot.config;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.MapPropertySource;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.service.InvalidExchangeException;
import io.github.udsboot.client.service.UdsServiceProxy;
import io.github.udsboot.config.contracts.Inventory;
import io.github.udsboot.config.contracts.Invoices;
import io.github.udsboot.config.contracts.Readable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Typed clients as beans.
 */
class ImportUdsExchangesTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void interfaceThatIsListedIsABean() {
		start(Listed.class);
		Greetings greetings = this.context.getBean(Greetings.class);
		assertThat(greetings).isInstanceOf(UdsServiceProxy.class);
		assertThat(this.context.getBean(Holder.class).greetings()).isSameAs(greetings);
		greetings.greet("Ada");
		BDDMockito.then(this.context.getBean("operations", UdsOperations.class)).should().route("greet");
	}

	@Test
	void interfacesOfAPackageAreFound() {
		start(Scanned.class);
		assertThat(this.context.getBeanNamesForType(UdsServiceProxyFactoryBean.class)).hasSize(2);
		assertThat(this.context.getBean(Inventory.class)).isInstanceOf(UdsServiceProxy.class);
		assertThat(this.context.getBean(Invoices.class)).isInstanceOf(UdsServiceProxy.class);
		assertThat(this.context.getBeansOfType(Readable.class)).hasSize(2);
	}

	@Test
	void packageOfAClassIsSearched() {
		start(ScannedByClass.class);
		assertThat(this.context.getBeanNamesForType(UdsServiceProxyFactoryBean.class)).hasSize(2);
	}

	@Test
	void withoutTheAnnotationNothingIsFound() {
		start(NothingImported.class);
		assertThat(this.context.getBeanNamesForType(UdsServiceProxyFactoryBean.class)).isEmpty();
	}

	@Test
	void annotationMayBeRepeatedWithOtherClients() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("the.client", "billing")));
		start(Repeated.class);
		assertThat(this.context.getBeansOfType(Greetings.class)).hasSize(2);
		Qualified qualified = this.context.getBean(Qualified.class);
		qualified.byName().greet("Ada");
		BDDMockito.then(this.context.getBean("operations", UdsOperations.class)).shouldHaveNoInteractions();
		BDDMockito.then(this.context.getBean("other", UdsOperations.class)).should().route("greet");
		qualified.byDefault().greet("Ada");
		BDDMockito.then(this.context.getBean("operations", UdsOperations.class)).should().route("greet");
		assertThat(this.context.getBean(Inventory.class)).isNotNull();
	}

	@Test
	void composedAnnotationIsRegarded() {
		start(WithComposed.class);
		assertThat(this.context.getBean(Greetings.class)).isNotNull();
	}

	@Test
	void importingTwiceIsImportingOnce() {
		start(Listed.class, ListedAgain.class);
		assertThat(this.context.getBeansOfType(Greetings.class)).hasSize(1);
	}

	@Test
	void clientThatDoesNotExistFailsWhatTheTypedClientIsInjectedInto() {
		assertThatException().isThrownBy(() -> start(UnknownClient.class, NeedsTypedClient.class))
			.havingRootCause()
			.isInstanceOfSatisfying(UnknownClientException.class, (ex) -> {
				assertThat(ex.getClient()).isEqualTo("nobody");
				assertThat(ex.getServiceType()).isEqualTo(Greetings.class.getName());
			});
	}

	@Test
	void missingDefaultClientFailsWhatTheTypedClientIsInjectedInto() {
		assertThatException().isThrownBy(() -> start(NoClient.class, NeedsTypedClient.class))
			.havingRootCause()
			.isInstanceOfSatisfying(UnknownClientException.class, (ex) -> {
				assertThat(ex.getClient()).isEqualTo(ImportUdsExchanges.DEFAULT_CLIENT);
				assertThat(ex).hasMessageContainingAll(Greetings.class.getName(), "UdsTemplate",
						"@MockitoBean Greetings");
			});
	}

	@Test
	void clientThatDoesNotExistFailsNothingWhereTheTypedClientIsNotNeeded() {
		start(UnknownClient.class);
		assertThat(this.context.getBeanNamesForType(Greetings.class)).hasSize(1);
	}

	@Test
	void invalidInterfaceFailsTheStartAlsoIfItsClientDoesNotExist() {
		assertThatException().isThrownBy(() -> start(InvalidWithoutClient.class))
			.havingRootCause()
			.isInstanceOf(InvalidExchangeException.class);
	}

	@Test
	void typedClientIsInjectedBeforeTheServer() {
		start(Listed.class, ServesItself.class);
		assertThat(this.context.getBean(Holder.class).greetings()).isInstanceOf(UdsServiceProxy.class);
	}

	@Test
	void typedClientThatIsNotPrimaryIsOneOfSeveral() {
		start(NotPrimary.class, ServesItself.class);
		assertThatExceptionOfType(NoUniqueBeanDefinitionException.class)
			.isThrownBy(() -> this.context.getBean(Greetings.class))
			.satisfies((ex) -> assertThat(ex.getNumberOfBeansFound()).isEqualTo(2));
	}

	@Test
	void primaryBeanOfTheApplicationIsInjectedBeforeTheTypedClientThatItUses() {
		start(Listed.class, CachesTheClient.class, ServesItself.class);
		Greetings greetings = this.context.getBean(Holder.class).greetings();
		assertThat(greetings).isInstanceOfSatisfying(Caching.class,
				(caching) -> assertThat(caching.remote()).isInstanceOf(UdsServiceProxy.class));
		assertThat(this.context.getBean(Greetings.class)).isSameAs(greetings);
	}

	@Test
	void primaryBeanOfAnotherTypeLeavesTheTypedClientPrimary() {
		start(Listed.class, ServesItself.class, OtherPrimary.class);
		assertThat(this.context.getBean(Holder.class).greetings()).isInstanceOf(UdsServiceProxy.class);
	}

	@Test
	void interfaceThatCannotBeCalledFailsTheStartAlsoIfNobodyNeedsIt() {
		assertThatException().isThrownBy(() -> start(InvalidInterface.class))
			.havingRootCause()
			.isInstanceOf(InvalidExchangeException.class);
	}

	@Test
	void placeholdersInRoutesAreResolved() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("prefix", "resolved")));
		start(Placeholders.class);
		this.context.getBean(WithPlaceholder.class).get();
		BDDMockito.then(this.context.getBean("operations", UdsOperations.class)).should().route("resolved.get");
	}

	private void start(Class<?>... configuration) {
		this.context.register(configuration);
		this.context.refresh();
	}

	private static UdsOperations mockOperations() {
		UdsOperations operations = BDDMockito.mock(UdsOperations.class);
		RequestSpec request = BDDMockito.mock(RequestSpec.class, Mockito.RETURNS_SELF);
		BDDMockito.given(operations.route(ArgumentMatchers.anyString(), ArgumentMatchers.any(Object[].class)))
			.willReturn(request);
		return operations;
	}

	interface Greetings {

		@UdsExchange("greet")
		void greet(String name);

	}

	interface Invalid {

		@UdsExchange("call")
		void call(String one, String two);

	}

	interface WithPlaceholder {

		@UdsExchange("${prefix}.get")
		void get();

	}

	static class Server implements Greetings {

		@Override
		public void greet(String name) {
		}

	}

	record Caching(Greetings remote) implements Greetings {

		@Override
		public void greet(String name) {
			this.remote.greet(name);
		}

	}

	record Holder(Greetings greetings) {

	}

	record Qualified(Greetings byName, Greetings byDefault) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Operations {

		@Bean
		UdsOperations operations() {
			return mockOperations();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Greetings.class)
	static class Listed extends Operations {

		@Bean
		Holder holder(Greetings greetings) {
			return new Holder(greetings);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(types = Greetings.class)
	static class ListedAgain {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(basePackages = "io.github.udsboot.config.contracts")
	static class Scanned extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(basePackageClasses = Inventory.class)
	static class ScannedByClass extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	static class NothingImported extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Greetings.class)
	@ImportUdsExchanges(types = { Greetings.class, Inventory.class }, client = "${the.client}")
	static class Repeated extends Operations {

		@Bean(defaultCandidate = false)
		@Qualifier("billing")
		UdsOperations other() {
			return mockOperations();
		}

		@Bean
		Qualified qualified(@Qualifier("billing") Greetings byName, @Qualifier("default") Greetings byDefault) {
			return new Qualified(byName, byDefault);
		}

	}

	@ImportUdsExchanges(Greetings.class)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Composed {

	}

	@Configuration(proxyBeanMethods = false)
	@Composed
	static class WithComposed extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(types = Greetings.class, client = "nobody")
	static class UnknownClient extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Greetings.class)
	static class NoClient {

		@Bean(defaultCandidate = false)
		@Qualifier("billing")
		UdsOperations other() {
			return mockOperations();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NeedsTypedClient {

		@Bean
		Holder needing(Greetings greetings) {
			return new Holder(greetings);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServesItself {

		@Bean
		Server server() {
			return new Server();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CachesTheClient {

		@Bean
		@Primary
		Greetings caching(@Qualifier("default") Greetings remote) {
			return new Caching(remote);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherPrimary {

		@Bean
		@Primary
		String other() {
			return "other";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(types = Greetings.class, primary = false)
	static class NotPrimary extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(types = Invalid.class, client = "nobody")
	static class InvalidWithoutClient {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Invalid.class)
	static class InvalidInterface extends Operations {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(WithPlaceholder.class)
	static class Placeholders extends Operations {

	}

}
