package io.github.udsboot.diagnostics;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.ImportUdsExchanges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What is printed when a real application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureReportTests {

	@TempDir
	private Path directory;

	@Test
	void whenThePathIsTooLongThenTheReportNamesPathLengthAndLimit(CapturedOutput output) {
		Path socket = this.directory.resolve("a".repeat(120) + ".sock");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString())
			.containsPattern("has \\d+ bytes; the limit is 107")
			.contains("Choose a shorter path", "'uds.socket.path'");
	}

	@Test
	void whenTheDirectoryIsMissingThenTheReportSaysSo(CapturedOutput output) {
		Path socket = this.directory.resolve("no/such/a.sock");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(), "does not exist",
				"Create the directory");
	}

	@Test
	void whenTheDirectoryIsNotWritableThenTheReportSaysSo(CapturedOutput output) throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("r-x------"));
		Assumptions.assumeFalse(Files.isWritable(this.directory), "root writes everywhere");
		Path socket = this.directory.resolve("a.sock");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(),
				"may not create files", "Let this user write there");
	}

	@Test
	void whenTheDirectoryIsWritableByOthersThenTheReportSaysSo(CapturedOutput output) throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		Path socket = this.directory.resolve("a.sock");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(), "777",
				"every user could replace the socket", "chmod go-w", "'uds.socket.allow-shared-directory' to 'true'");
	}

	@Test
	void whenTheDirectoryOfANamedListenerIsWritableByOthersThenTheReportNamesItsKey(CapturedOutput output)
			throws IOException {
		Path directory = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertReport(output, NamedServer.class, "uds.listeners.text.path=" + directory.resolve("b.sock"))
			.contains("'uds.listeners.text.allow-shared-directory' to 'true'")
			.doesNotContain("'uds.socket.allow-shared-directory'");
	}

	@Test
	void whenAnotherContextListensThenTheReportSaysSo(CapturedOutput output) {
		Path socket = this.directory.resolve("a.sock");
		try (ConfigurableApplicationContext first = run(Server.class, "uds.socket.path=" + socket)) {
			assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(), "in this JVM",
					"Close the other application context", "'uds.socket.wait-for-release'");
			assertThat(first.getBean(UdsTemplate.class).request("echo", "unharmed", String.class))
				.isEqualTo("unharmed");
		}
	}

	@Test
	void whenSomeOtherServerListensThenTheReportSaysSo(CapturedOutput output) throws IOException {
		Path socket = this.directory.resolve("a.sock");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(socket));
			assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(),
					"A server is already running", "choose another path", "'uds.socket.wait-for-release'");
			assertThat(socket).exists();
			assertThat(this.directory).isDirectoryNotContaining("glob:**.lock");
		}
	}

	@Test
	void whenAFileIsInTheWayThenTheReportSaysSoAndTheFileIsUntouched(CapturedOutput output) throws IOException {
		Path socket = Files.writeString(this.directory.resolve("a.sock"), "precious");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(), "a regular file");
		assertThat(socket).hasContent("precious");
	}

	@Test
	void whenASocketOfAnotherUserIsInTheWayThenTheReportSaysSo(CapturedOutput output) throws IOException {
		Path socket = this.directory.resolve("a.sock");
		ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		server.bind(UnixDomainSocketAddress.of(socket));
		server.close();
		Assumptions.assumeTrue(chown(socket, "daemon"), "only root gives files away");
		assertReport(output, Server.class, "uds.socket.path=" + socket).contains(socket.toString(), "daemon");
		assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isTrue();
	}

	@Test
	void whenTheGroupIsUnknownThenTheReportSaysSo(CapturedOutput output) {
		assertReport(output, Server.class, "uds.socket.path=" + this.directory.resolve("a.sock"),
				"uds.socket.group=no-such-group")
			.contains("The group 'no-such-group'", "does not exist", "'uds.socket.group'");
	}

	@Test
	void whenTheGroupIsEmptyThenTheReportSaysSo(CapturedOutput output) {
		assertReport(output, Server.class, "uds.socket.path=" + this.directory.resolve("a.sock"), "uds.socket.group=")
			.contains("Invalid value '' for configuration property 'uds.socket.group'", "It is empty",
					"leave the property out");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenTheProtocolIsUnknownThenTheReportNamesTheKnownOnes(CapturedOutput output) {
		assertReport(output, Server.class, "uds.socket.path=" + this.directory.resolve("a.sock"),
				"uds.listener.protocol=jsonrpc")
			.contains("Invalid value 'jsonrpc' for configuration property 'uds.listener.protocol'",
					"only [line, raw, ttrpc]");
	}

	@Test
	void whenAnAllowedUserIsUnknownThenTheReportNamesIt(CapturedOutput output) {
		assertReport(output, Server.class, "uds.socket.path=" + this.directory.resolve("a.sock"),
				"uds.listener.allowed-users=no-such-user")
			.contains("'uds.listener.allowed-users'", "Unknown user 'no-such-user'");
	}

	@Test
	void whenAValueCannotBeBoundThenBootsReportNamesTheProperty(CapturedOutput output) {
		assertReport(output, Server.class, "uds.socket.path=" + this.directory.resolve("a.sock"),
				"uds.listener.execution=quickly")
			.contains("uds.listener.execution", "quickly", "INLINE");
	}

	@Test
	void whenRoutesAreAmbiguousThenTheReportNamesBothHandlers(CapturedOutput output) {
		assertReport(output, Ambiguous.class, "uds.socket.path=" + this.directory.resolve("a.sock")).contains(
				"Ambiguous.first(String), route 'orders.{id}'", "Ambiguous.second(String), route 'orders.{number}'");
	}

	@Test
	void whenARouteIsInvalidThenTheReportNamesIt(CapturedOutput output) {
		assertReport(output, Invalid.class, "uds.socket.path=" + this.directory.resolve("a.sock"))
			.contains("The route 'orders..get'", "Invalid.get(String)");
	}

	@Test
	void whenAHandlerHasNoRouteThenTheReportSaysWhatToDo(CapturedOutput output) {
		assertReport(output, NoRoute.class, "uds.socket.path=" + this.directory.resolve("a.sock"))
			.contains("The handler ", "NoRoute.any(String) is invalid: it has no route, and the protocol 'ttrpc'",
					"@UdsHandler(\"orders.get\")")
			.doesNotContain("route ''");
	}

	@Test
	void whenNothingResolvesAParameterThenTheReportNamesMethodParameterAndRemedy(CapturedOutput output) {
		assertReport(output, UnknownAnnotation.class, "uds.socket.path=" + this.directory.resolve("a.sock")).contains(
				"The handler " + UnknownAnnotation.class.getName() + ".purge(String) is invalid: parameter 0 ('user') "
						+ "has @Qualifier, and no argument resolver takes it.",
				"Register a HandlerMethodArgumentResolver bean that supports it, remove @Qualifier, or annotate it "
						+ "with @Payload");
	}

	@Test
	void whenTwoParametersAreThePayloadThenTheReportNamesBoth(CapturedOutput output) {
		assertReport(output, TwoParameters.class, "uds.socket.path=" + this.directory.resolve("a.sock")).contains(
				"TwoParameters.two(String, String) is invalid: parameter 0 ('a') and parameter 1 ('b') are both the payload.",
				"Annotate one with @Header or @DestinationVariable");
	}

	@Test
	void whenATypeCannotBeReadThenTheReportSaysWhy(CapturedOutput output) {
		assertReport(output, Unreadable.class, "uds.socket.path=" + this.directory.resolve("a.sock")).contains(
				"Unreadable.run(Runnable) is invalid: parameter 0 ('task') is a java.lang.Runnable, which cannot be read "
						+ "from a payload (Jackson cannot make a java.lang.Runnable",
				"Take a type that can be read");
	}

	@Test
	void whenAHandlerIsPrivateThenTheReportSaysWhatToDo(CapturedOutput output) {
		assertReport(output, PrivateMethod.class, "uds.socket.path=" + this.directory.resolve("a.sock")).contains(
				"The handler " + PrivateMethod.class.getName() + ".hidden(String) of bean '",
				"is invalid: it is private or protected.", "Make it public or package-private.");
	}

	@Test
	void whenAListenerIsUnknownThenTheReportNamesTheKnownOnes(CapturedOutput output) {
		assertReport(output, UnknownListener.class, "uds.socket.path=" + this.directory.resolve("a.sock"))
			.contains("do not exist: 'admin'", "The known listeners are: 'default'");
	}

	@Test
	void whenATemplateIsWantedAndNoPathIsSetThenTheReportNamesTheProperties(CapturedOutput output) {
		assertReport(output, Client.class).contains("Parameter 0 of method caller", "required a UdsTemplate",
				"'uds.socket.path'", "'uds.client.path'");
	}

	@Test
	void whenATypedClientHasNoPathThenTheReportNamesTheProperties(CapturedOutput output) {
		assertReport(output, TypedClient.class)
			.contains("Parameter 0 of method caller", "required the typed client " + Valid.class.getName(),
					"no property says where", "'uds.socket.path'", "'uds.client.path'", "@MockitoBean")
			.doesNotContain("'default'");
	}

	@Test
	void whenATypedClientIsNeededInASliceThenTheReportNamesItAndTheRemedies(CapturedOutput output) {
		assertReport(output, SliceWithTypedClient.class, "uds.socket.path=/run/a.sock").contains(
				"Parameter 0 of method caller", "required the typed client " + Valid.class.getName(),
				"not part of this application", "@MockitoBean FailureReportTests.Valid",
				"@ImportAutoConfiguration({ UdsAutoConfiguration.class, UdsClientAutoConfiguration.class })");
	}

	@Test
	void whenTheTemplateIsTheApplicationsOwnThenTheReportSaysWhereTheQualifierBelongs(CapturedOutput output) {
		assertReport(output, OwnTemplate.class, "uds.client.path=/run/a.sock").contains("Parameter 0 of method caller",
				"@Qualifier(\"default\")", "a bean of its own", "on the method that defines it");
	}

	@Test
	void whenTheQualifiedTemplateHasNoPathThenTheReportNamesTheProperties(CapturedOutput output) {
		assertReport(output, QualifiedDefault.class)
			.contains("Parameter 0 of method caller", "'uds.socket.path'", "'uds.client.path'")
			.doesNotContain("uds.clients.default");
	}

	@Test
	void whenTheClientOfATypedClientIsUnknownThenTheReportNamesIt(CapturedOutput output) {
		assertReport(output, NamedTypedClient.class).contains("The typed client " + Valid.class.getName(),
				"belongs to the client 'stock', which is not configured", "'uds.clients.stock.path'");
	}

	@Test
	void whenATypedClientIsInvalidThenTheReportNamesTheMethod(CapturedOutput output) {
		assertReport(output, InvalidTypedClient.class, "uds.client.path=" + this.directory.resolve("a.sock")).contains(
				"The typed client " + TwoPayloads.class.getName() + ".call(String, String) is invalid",
				"are both the payload", "Change the interface");
	}

	@Test
	void whenTwoListenersHaveTheSamePathThenTheReportNamesBothProperties(CapturedOutput output) {
		Path socket = this.directory.resolve("a.sock");
		assertReport(output, Named.class, "uds.listeners.order-events.path=" + socket,
				"uds.listeners.text.path=" + socket, "uds.listeners.off.path=" + socket,
				"uds.listeners.off.enabled=false")
			.contains("Several listeners are to listen on '" + socket
					+ "': the properties 'uds.listeners.order-events.path' and 'uds.listeners.text.path' say so.",
					"Give each listener a path of its own");
	}

	@Test
	void whenANamedListenerHasNoPathThenTheReportNamesTheProperty(CapturedOutput output) {
		assertReport(output, Named.class, "uds.listeners.text.backlog=7",
				"uds.listeners.order-events.path=" + this.directory.resolve("a.sock"))
			.contains("The property 'uds.listeners.text.path' is invalid: it is not set",
					"Set 'uds.listeners.text.path' to the path of the socket");
	}

	@Test
	void whenAListenerIsNamedDefaultThenTheReportSaysWhereItsPropertiesBelong(CapturedOutput output) {
		assertReport(output, Server.class, "uds.listeners.default.path=" + this.directory.resolve("a.sock")).contains(
				"The property 'uds.listeners.default' is invalid",
				"Move the properties below 'uds.socket' and 'uds.listener'");
	}

	@Test
	void whenAValueUnderANameIsInvalidThenTheReportNamesTheWholeProperty(CapturedOutput output) {
		assertReport(output, Named.class, "uds.listeners.text.path=" + this.directory.resolve("a.sock"),
				"uds.listeners.text.backlog=0", "uds.listeners.order-events.path=" + this.directory.resolve("b.sock"))
			.contains("Invalid value '0' for configuration property 'uds.listeners.text.backlog'", "at least 1");
	}

	@Test
	void whenAClientIsAskedForByAnUnknownNameThenTheReportNamesTheKnownOnes(CapturedOutput output) {
		assertReport(output, QualifiedClient.class, "uds.client.path=/run/a.sock", "uds.clients.orders.path=/run/b",
				"uds.clients.text.path=/run/c")
			.contains("Parameter 0 of method caller", "the client 'oders', which is not configured",
					"The clients with a name are: 'orders', 'text'.",
					"Set the property 'uds.clients.oders.path', or correct the name in @Qualifier");
	}

	@Test
	void whenNothingOfAClientIsSpeltRightThenTheReportDoesNotCallItConfigured(CapturedOutput output) {
		assertReport(output, QualifiedClient.class, "uds.clients.oders.pth=/run/b", "uds.clients.text.path=/run/c")
			.contains("the client 'oders', which is not configured",
					"Nothing below 'uds.clients.oders' is a property of a client.",
					"The clients with a name are: 'text'.", "Set the property 'uds.clients.oders.path'");
	}

	@Test
	void whenOnlyNamedClientsAreConfiguredThenTheReportNamesTheirQualifiers(CapturedOutput output) {
		assertReport(output, Client.class, "uds.clients.orders.path=/run/b", "uds.clients.text.path=/run/c").contains(
				"Parameter 0 of method caller", "'uds.client.path'", "@Qualifier(\"orders\") or @Qualifier(\"text\")");
	}

	private static AbstractStringAssert<?> assertReport(CapturedOutput output, Class<?> application,
			String... properties) {
		assertThatException().isThrownBy(() -> run(application, properties).close());
		String all = output.getAll();
		assertThat(all).contains("APPLICATION FAILED TO START");
		return assertThat(all.substring(all.indexOf("APPLICATION FAILED TO START"))).contains("Description:",
				"Action:");
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off"));
		Stream.of(properties).map((property) -> "--" + property).forEach(arguments::add);
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
	}

	private static boolean chown(Path path, String user) {
		try {
			Files.setOwner(path, FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Server {

		@UdsHandler("echo")
		String echo(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NamedServer {

		@UdsHandler(value = "echo", listener = "text")
		String echo(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Ambiguous {

		@UdsHandler("orders.{id}")
		String first(String text) {
			return text;
		}

		@UdsHandler("orders.{number}")
		String second(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Invalid {

		@UdsHandler("orders..get")
		String get(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NoRoute {

		@UdsHandler
		String any(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class UnknownAnnotation {

		@UdsHandler("purge")
		String purge(@Qualifier("current") String user) {
			return user;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TwoParameters {

		@UdsHandler("two")
		String two(String a, String b) {
			return a + "|" + b;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Unreadable {

		@UdsHandler("run")
		void run(Runnable task) {
			task.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PrivateMethod {

		@UdsHandler("hidden")
		private String hidden(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class UnknownListener {

		@UdsHandler(value = "stop", listener = "admin")
		void stop() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Named {

		@UdsHandler(value = "echo", listener = { "order-events", "text" })
		String echo(String text) {
			return text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class QualifiedClient {

		@Bean
		String caller(@Qualifier("oders") UdsTemplate template) {
			return template.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Client {

		@Bean
		String caller(UdsTemplate template) {
			return template.toString();
		}

	}

	interface Valid {

		@UdsExchange("call")
		void call();

	}

	interface TwoPayloads {

		@UdsExchange("call")
		void call(String one, String two);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportUdsExchanges(Valid.class)
	static class TypedClient {

		@Bean
		String caller(@Qualifier("default") Valid client) {
			return client.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportUdsExchanges(Valid.class)
	static class SliceWithTypedClient {

		@Bean
		String caller(Valid client) {
			return client.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class QualifiedDefault {

		@Bean
		String caller(@Qualifier("default") UdsTemplate template) {
			return template.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(QualifiedDefault.class)
	static class OwnTemplate {

		@Bean
		UdsTemplate own() {
			return UdsTemplate.builder().path("/run/own.sock").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportUdsExchanges(types = Valid.class, client = "stock")
	static class NamedTypedClient {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportUdsExchanges(TwoPayloads.class)
	static class InvalidTypedClient {

	}

}
