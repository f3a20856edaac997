package io.github.udsboot.autoconfigure.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.service.UdsServiceProxy;
import io.github.udsboot.config.ImportUdsExchanges;
import io.github.udsboot.config.UdsServiceProxyFactoryBean;
import io.github.udsboot.config.UnknownClientException;
import io.github.udsboot.listener.UdsListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A contract that one bean serves and typed clients call.
 */
class TypedClientsTests {

	@TempDir
	private Path directory;

	private Path socket;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.socket = this.directory.resolve("test.sock");
		this.contextRunner = new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
				UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class));
	}

	@Test
	void whenServerAndClientAreInOneContextThenTheClientIsInjectedAndTheQualifierNamesIt() {
		this.contextRunner.withUserConfiguration(Server.class, Client.class, Caller.class, UnqualifiedCaller.class)
			.withPropertyValues("uds.socket.path=" + this.socket)
			.run((context) -> {
				assertThat(context.getBeansOfType(StockService.class)).hasSize(2);
				StockService stock = context.getBean(Caller.class).stock;
				assertThat(stock).isInstanceOf(UdsServiceProxy.class)
					.isSameAs(context.getBean(UnqualifiedCaller.class).stock);
				assertCallsReachTheServer(stock);
				assertThat(context.getBean(UdsListenerContainer.class).stats().accepted()).isPositive();
			});
	}

	@Test
	void whenServerAndClientAreInTwoContextsThenTheInterfaceIsTheContract() {
		this.contextRunner.withUserConfiguration(Server.class)
			.withPropertyValues("uds.socket.path=" + this.socket)
			.run((server) -> this.contextRunner.withUserConfiguration(Client.class, UnqualifiedCaller.class)
				.withPropertyValues("uds.client.path=" + this.socket)
				.run((client) -> {
					assertThat(client).hasSingleBean(StockService.class);
					assertThat(client).doesNotHaveBean(UdsListenerContainer.class);
					assertCallsReachTheServer(client.getBean(UnqualifiedCaller.class).stock);
				}));
	}

	private static void assertCallsReachTheServer(StockService stock) {
		assertThat(stock.count("tea")).isEqualTo(7);
		assertThat(stock.reserve(new Reservation("tea", 2), "acme")).isEqualTo(new Reservation("tea for acme", 2));
		assertThat(stock.find("tea")).contains(new Reservation("tea", 7));
		assertThat(stock.find("coffee")).isEmpty();
		assertThat(stock.all()).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(List.of(new Reservation("tea", 7)));
		assertThat(stock.left(Duration.ofMinutes(3))).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(3));
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> stock.remove("coffee"))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND));
		stock.remove("tea");
	}

	@Test
	void whenTheClientHasANameThenItsSocketIsCalled() {
		this.contextRunner.withUserConfiguration(Server.class)
			.withPropertyValues("uds.socket.path=" + this.socket)
			.run((server) -> this.contextRunner.withUserConfiguration(NamedClient.class, UnqualifiedCaller.class)
				.withPropertyValues("uds.client.path=" + this.directory.resolve("nobody.sock"),
						"uds.clients.stock-room.path=" + this.socket)
				.run((client) -> assertCallsReachTheServer(client.getBean(UnqualifiedCaller.class).stock)));
	}

	@Test
	void whenNothingIsImportedThenThereIsNoTypedClient() {
		this.contextRunner.withPropertyValues("uds.client.path=" + this.socket)
			.run((context) -> assertThat(context).doesNotHaveBean(UdsServiceProxyFactoryBean.class)
				.doesNotHaveBean(StockService.class));
	}

	@Test
	void whenTheServerIsNotThereThenTheContextStartsAndTheCallFails() {
		this.contextRunner.withUserConfiguration(Client.class)
			.withPropertyValues("uds.client.path=" + this.socket, "uds.client.wait-for-server=0s")
			.run((context) -> assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> context.getBean(StockService.class).count("tea"))
				.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("stock.tea.count")));
	}

	@Test
	void whenNoPropertySaysWhereToConnectToThenTheStartFailsAlsoIfTheTypedClientIsNotInjected() {
		this.contextRunner.withUserConfiguration(Client.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasRootCauseInstanceOf(UnknownClientException.class)
				.hasStackTraceContaining("The typed client " + StockService.class.getName()));
	}

	@Test
	void whenAllIsDisabledThenAnApplicationThatInjectsNoTypedClientStarts() {
		this.contextRunner.withUserConfiguration(Client.class)
			.withPropertyValues("uds.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	/* Public, since a JDK proxy may be made of it elsewhere. */
	@UdsExchange("stock")
	public interface StockService {

		@UdsExchange("{item}.count")
		int count(@DestinationVariable("item") String item);

		@UdsExchange("reserve")
		Reservation reserve(Reservation reservation, @Header("Tenant") String tenant);

		@UdsExchange("{item}.find")
		Optional<Reservation> find(@DestinationVariable("item") String item);

		@UdsExchange("all")
		CompletableFuture<List<Reservation>> all();

		@UdsExchange("left")
		Duration left(@Nullable Duration timeout);

		@UdsExchange("{item}.remove")
		void remove(@DestinationVariable("item") String item);

	}

	public record Reservation(String item, int quantity) {

	}

	@Component
	@UdsHandler
	static class Stock implements StockService {

		@Override
		public int count(String item) {
			return 7;
		}

		@Override
		public Reservation reserve(Reservation reservation, String tenant) {
			return new Reservation(reservation.item() + " for " + tenant, reservation.quantity());
		}

		@Override
		public Optional<Reservation> find(String item) {
			return item.equals("tea") ? Optional.of(new Reservation("tea", 7)) : Optional.empty();
		}

		@Override
		public CompletableFuture<List<Reservation>> all() {
			return CompletableFuture.completedFuture(List.of(new Reservation("tea", 7)));
		}

		@Override
		public Duration left(@Nullable Duration timeout) {
			return (timeout != null) ? timeout : Duration.ZERO;
		}

		@Override
		public void remove(String item) {
			if (!item.equals("tea")) {
				throw new UdsStatusException(Status.NOT_FOUND, "no such item");
			}
		}

	}

	record Caller(@Qualifier("default") StockService stock) {

	}

	record UnqualifiedCaller(StockService stock) {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Stock.class)
	static class Server {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(StockService.class)
	static class Client {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(types = StockService.class, client = "stock-room")
	static class NamedClient {

	}

}
