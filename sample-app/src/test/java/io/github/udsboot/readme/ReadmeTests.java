package io.github.udsboot.readme;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Everything that the README shows is true.
 */
class ReadmeTests {

	private static final String BENCHMARKS = "uds-benchmarks/run";

	private static ReadmeText readme;

	@TempDir
	private Path directory;

	@BeforeAll
	static void read() throws IOException {
		readme = ReadmeText.read();
	}

	@Test
	void theOrderExampleRuns() throws Exception {
		String path = this.directory.resolve("orders.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			OrderClient client = context.getBean(OrderClient.class);
			assertThat(client.get(42)).isEqualTo(new Order(42, "for " + System.getProperty("user.name")));
			assertThat(client.getLater(43).get(10, TimeUnit.SECONDS).id()).isEqualTo(43);
			client.cancel(42);
			client.audit("looked");
			assertThat(context.getBean(AuditHandler.class).events.poll(10, TimeUnit.SECONDS)).isEqualTo("looked");
			assertThat(WithoutSpringBoot.call(path).id()).isEqualTo(42);
		}
		assertThat(Path.of(path)).doesNotExist();
	}

	@Test
	void theArgumentOfOnesOwnIsResolved() throws Exception {
		String path = this.directory.resolve("caches.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			assertThat(context.getBean(UdsTemplate.class).request("cache.purge", "orders", String.class))
				.isEqualTo("orders purged by " + System.getProperty("user.name"));
		}
	}

	@Test
	void theResultsOfTheHandlerPageAreAnswered() throws Exception {
		String path = this.directory.resolve("results.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			UdsTemplate uds = context.getBean(UdsTemplate.class);
			assertThat(uds.request("checksum", "a", Integer.class)).isEqualTo("a".hashCode());
			try (Stream<String> books = uds.stream("books.all", null, String.class)) {
				assertThat(books).containsExactly("Emma", "Faust", "Hamlet", "Ulysses", "Walden");
			}
		}
	}

	/** By uds-core, which has Kotlin's compiler. */
	@Test
	void everyKotlinSnippetIsCompiledByTheTests() throws IOException {
		Path weather = readme.project()
			.resolve("uds-core/src/test/kotlin/io/github/udsboot/handler/method/WeatherHandlers.kt");
		String compiled = ReadmeText.squeeze(Files.readString(weather));
		assertThat(ReadmeText.read("docs/handlers.md").blocks("kotlin")).hasSize(1)
			.allSatisfy((snippet) -> assertThat(compiled).contains(ReadmeText.squeeze(snippet)));
	}

	@Test
	void theHandlerThatReadsTheDeadlineRuns() throws Exception {
		String path = this.directory.resolve("reports.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			UdsTemplate uds = context.getBean(UdsTemplate.class);
			assertThat(render(uds, Duration.ofSeconds(10))).isEqualTo("Sales");
			assertThat(render(uds, Duration.ofMinutes(1))).isEqualTo("Sales, with pictures");
		}
	}

	private static String render(UdsTemplate uds, Duration timeout) {
		return uds.route("reports.render").payload("Sales").timeout(timeout).retrieve(String.class);
	}

	@Test
	void theCancellationExampleRuns() throws Exception {
		String path = this.directory.resolve("quotes.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			UdsTemplate uds = context.getBean(UdsTemplate.class);
			SupplierHandler supplier = context.getBean(SupplierHandler.class);
			for (String route : List.of("quotes.best", "quotes.later")) {
				assertThat(uds.request(route, "tea", String.class)).isEqualTo("3");
				CompletableFuture<String> quote = uds.requestAsync(route, "moon", String.class);
				assertThat(supplier.asked.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
				quote.cancel(true);
				assertThat(supplier.stopped.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
				assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(
						() -> uds.route(route).payload("moon").timeout(Duration.ofMillis(300)).retrieve(String.class));
				assertThat(supplier.asked.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
				assertThat(supplier.stopped.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
			}
		}
	}

	@Test
	void theStreamsRun() throws Exception {
		String path = this.directory.resolve("ticks.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			TickClient client = context.getBean(TickClient.class);
			assertThat(client.firstFive()).containsExactly(1, 2, 3, 4, 5);
			assertThat(client.sum(List.of(1, 2, 3))).isEqualTo(6L);
			assertThat(client.twice(Stream.of(1, 2, 3))).containsExactly(2, 4, 6);
		}
	}

	@Test
	void theInterceptorExampleRuns() {
		String path = this.directory.resolve("tenants.sock").toString();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(TenantApplication.class)
			.web(WebApplicationType.NONE)
			.run("--uds.socket.path=" + path); UdsTemplate stranger = UdsTemplate.builder().path(path).build()) {
			assertThat(context.getBean(UdsTemplate.class).request("tenant", null, String.class)).isEqualTo("acme acme");
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> stranger.request("tenant", null, String.class))
				.satisfies((failure) -> assertThat(failure.getStatus()).isEqualTo(Status.UNAUTHENTICATED));
		}
	}

	@Test
	void theContextOfAPeerExampleRuns() {
		String path = this.directory.resolve("callers.sock").toString();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(CallerApplication.class)
			.web(WebApplicationType.NONE)
			.run("--uds.socket.path=" + path);
				Stream<String> items = context.getBean(UdsTemplate.class).stream("caller", null, String.class)) {
			assertThat(items).containsExactly("item of " + System.getProperty("user.name") + " on default");
		}
	}

	@Test
	void theErrorExampleRuns() throws Exception {
		String path = this.directory.resolve("orders.sock").toString();
		try (ConfigurableApplicationContext context = run(path)) {
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(
						() -> context.getBean(UdsTemplate.class).request("orders.place", new OrderId(7), Order.class))
				.satisfies((ex) -> {
					assertThat(ex.getStatus()).isEqualTo(Status.FAILED_PRECONDITION);
					assertThat(ex.getRemoteMessage()).isEqualTo("sold out");
					assertThat(ex.getDetails())
						.containsExactly(new StatusDetail("acme.com/next-delivery", "Friday".getBytes()));
				});
		}
	}

	@Test
	void theTypedClientExampleRuns() {
		String path = this.directory.resolve("stock.sock").toString();
		try (ConfigurableApplicationContext server = run(StockApplication.class, "--uds.socket.path=" + path);
				ConfigurableApplicationContext client = run(StockClientApplication.class,
						"--uds.client.path=" + path)) {
			assertThat(server.getBean(StockService.class)).isInstanceOf(Stock.class);
			StockService stock = client.getBean(StockService.class);
			assertThat(stock.count("tea")).isEqualTo(3);
			Reservation wanted = new Reservation("tea", 2);
			assertThat(stock.reserve(wanted, "acme")).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(wanted);
		}
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).run(arguments);
	}

	@Test
	void theSampleTalksToAShell() throws Exception {
		String path = this.directory.resolve("text.sock").toString();
		try (ConfigurableApplicationContext context = runSample(path)) {
			List<String> commands = commands("/tmp/uds-sample-text.sock", path);
			assertThat(commands).hasSize(2);
			assertThat(context.isRunning()).isTrue();
			try (ShellCommand greet = ShellCommand.start(commands.get(0), readme.project())) {
				assertThat(greet.output()).isEqualTo(readme.blocks("text").get(0));
			}
			try (ShellCommand clock = ShellCommand.start(commands.get(1), readme.project())) {
				assertThat(clock.output().lines()).hasSizeGreaterThanOrEqualTo(2)
					.allSatisfy((line) -> assertThat(line).matches("\\d\\d:\\d\\d:\\d\\d"));
			}
		}
	}

	private ConfigurableApplicationContext runSample(String textPath) {
		return SpringApplication.run(SampleApplication.class, "--server.port=0",
				"--uds.socket.path=" + this.directory.resolve("sample.sock"), "--uds.listeners.text.path=" + textPath);
	}

	@Test
	void thePartnersTalkToThePartnerExample() throws Exception {
		List<String> commands = commands("/run/orders", this.directory.toString());
		assertThat(commands).hasSize(4);
		try (ConfigurableApplicationContext context = runPartners()) {
			try (ShellCommand goClient = ShellCommand.start(commands.get(0), readme.project())) {
				assertThat(goClient.output()).isEqualTo("received: 你好\n");
			}
			try (ShellCommand nodeClient = ShellCommand.start(commands.get(1), readme.project())) {
				assertThat(nodeClient.output()).contains("connected to server\nhello\n", "disconnected from server\n");
			}
			PartnerClient client = context.getBean(PartnerClient.class);
			// the client waits for the server that has just been started
			try (ShellCommand goServer = ShellCommand.start(commands.get(2), readme.project())) {
				assertThat(client.ask("你好")).contains("你好");
				assertThat(goServer.isAlive()).isTrue();
			}
			try (ShellCommand nodeServer = ShellCommand.start(commands.get(3), readme.project())) {
				assertThat(client.converse()).containsExactly("hello", "world!");
				assertThat(nodeServer.isAlive()).isTrue();
			}
		}
	}

	private ConfigurableApplicationContext runPartners() throws IOException {
		Map<String, Object> values = yaml(1);
		values.put("uds.clients.go.wait-for-server", "2m");
		values.put("uds.clients.go.timeout", "2m");
		values.put("uds.clients.node.wait-for-server", "2m");
		values.put("uds.clients.node.timeout", "2m");
		String[] arguments = values.entrySet()
			.stream()
			.map((entry) -> "--" + entry.getKey() + "="
					+ entry.getValue().toString().replace("/run/orders", this.directory.toString()))
			.toArray(String[]::new);
		return run(PartnerApplication.class, arguments);
	}

	/** Return the commands that name a path, with another path in its place. */
	private static List<String> commands(String path, String replacement) {
		return readme.blocks("shell")
			.stream()
			.flatMap(String::lines)
			.filter((line) -> line.contains(path))
			.map((line) -> line.replace(path, replacement))
			.toList();
	}

	@Test
	void everyShellCommandIsRunByATest() {
		assertThat(readme.blocks("shell").stream().flatMap(String::lines))
			.allMatch((line) -> line.startsWith("curl ") || line.startsWith("./mvnw ") || line.equals(BENCHMARKS)
					|| line.contains("/tmp/uds-sample-text.sock") || line.contains("/run/orders"));
	}

	/** All of it takes 25 minutes; what it would do is said at once. */
	@Test
	void theBenchmarksExplainThemselves() throws Exception {
		try (ShellCommand help = ShellCommand.start(BENCHMARKS + " --help", readme.project())) {
			assertThat(help.output()).contains("usage: " + BENCHMARKS, "25 minutes", "--quick");
		}
	}

	private ConfigurableApplicationContext run(String path) throws IOException {
		SpringApplication application = new SpringApplicationBuilder(OrderApplication.class)
			.web(WebApplicationType.NONE)
			.build();
		String[] arguments = yaml(0).entrySet()
			.stream()
			// a group of that name is not on every machine
			.filter((entry) -> !entry.getKey().equals("uds.socket.group"))
			.map((entry) -> "--" + entry.getKey() + "="
					+ (entry.getKey().equals("uds.socket.path") ? path : entry.getValue()))
			.toArray(String[]::new);
		return application.run(arguments);
	}

	private static Map<String, Object> yaml(int index) throws IOException {
		byte[] yaml = readme.blocks("yaml").get(index).getBytes(StandardCharsets.UTF_8);
		PropertySource<?> source = new YamlPropertySourceLoader().load("readme", new ByteArrayResource(yaml)).get(0);
		Map<String, Object> values = new TreeMap<>();
		for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
			values.put(name, String.valueOf(source.getProperty(name)));
		}
		return values;
	}

	@Test
	void everyKeyOfTheConfigurationIsInTheMetadata() throws IOException {
		StringBuilder metadata = new StringBuilder();
		for (var url : Collections
			.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = url.openStream()) {
				metadata.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
			}
		}
		List<String> meters = List.of("uds.server.", "uds.client.requests", "uds.client.connections");
		assertThat(readme.configurationKeys()).hasSizeGreaterThan(20)
			.filteredOn((key) -> meters.stream().noneMatch(key::startsWith))
			.allSatisfy((key) -> assertThat(metadata).contains("\"" + key + "\""));
		assertThat(yaml(0).keySet()).allSatisfy((key) -> assertThat(metadata).contains("\"" + key + "\""));
	}

	@Test
	void theShellCommandsAnswerAsShown() throws Exception {
		try (ConfigurableApplicationContext context = runSample(this.directory.resolve("text.sock").toString())) {
			String port = context.getEnvironment().getProperty("local.server.port");
			int curls = 0;
			for (String block : readme.blocks("shell")) {
				for (String line : block.lines().filter((candidate) -> candidate.startsWith("curl ")).toList()) {
					curls++;
					String url = line.substring("curl ".length()).replace("'", "").replace("8080", port);
					HttpResponse<String> response = HttpClient.newHttpClient()
						.send(HttpRequest.newBuilder(URI.create("http://" + url)).build(),
								HttpResponse.BodyHandlers.ofString());
					assertThat(response.statusCode()).as(line).isEqualTo(200);
					if (url.contains("/greet")) {
						assertThat(response.body()).isEqualTo(readme.blocks("json").get(0).trim());
					}
				}
			}
			assertThat(curls).isEqualTo(3);
		}
	}

	@Test
	void theMavenCommandsAreThoseOfTheBuild() throws IOException {
		List<String> commands = readme.blocks("shell")
			.stream()
			.flatMap(String::lines)
			.filter((line) -> line.startsWith("./mvnw"))
			.toList();
		assertThat(commands).containsExactly("./mvnw -pl sample-app -am spring-boot:run", "./mvnw verify");
		assertThat(readme.project().resolve("mvnw")).isExecutable();
		assertThat(Files.readString(readme.project().resolve(".ci/run"))).contains("./mvnw");
	}

	@Test
	void theDependencyIsThatOfTheStarter() throws IOException {
		String dependency = ReadmeText.squeeze(readme.blocks("xml").get(0));
		String pom = ReadmeText.squeeze(Files.readString(readme.project().resolve("pom.xml")));
		assertThat(dependency).contains("<artifactId>uds-spring-boot-starter</artifactId>");
		String version = dependency.replaceAll(".*(<version>.*</version>).*", "$1");
		assertThat(pom).contains("<groupId>io.github.udsboot</groupId>").contains(version);
		assertThat(ReadmeText.squeeze(readme.blocks("xml").get(1)))
			.isEqualTo(dependency.replace("uds-spring-boot-starter", "uds-core"));
	}

	@Test
	void everyExtensionPointExists() throws IOException {
		List<String> sources;
		try (Stream<Path> files = Files.walk(readme.project())) {
			sources = files.map(Path::toString).filter((file) -> file.contains("/src/main/java/")).toList();
		}
		assertThat(readme.firstColumn("Extension points")).hasSizeGreaterThan(10)
			.filteredOn((type) -> type.matches("@?(Uds|Peer|Payload|Wire|Message).*"))
			.hasSizeGreaterThan(10)
			.allSatisfy((type) -> assertThat(sources)
				.anyMatch((file) -> file.endsWith("/" + type.replace("@", "") + ".java")));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ OrderHandlers.class, OrderClient.class, AuditHandler.class, OrderErrors.class, SoldOutHandler.class,
			ReportHandlers.class, PurgeHandler.class, CurrentUserResolver.class, ChecksumHandler.class,
			CallableResultAdapter.class, BookHandlers.class, Books.class, QuoteHandlers.class, SupplierHandler.class,
			TickHandlers.class, TickClient.class })
	static class OrderApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Stock.class)
	static class StockApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ClientConfiguration.class)
	static class StockClientApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ PartnerHandlers.class, PartnerClient.class })
	static class PartnerApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ TenantInterceptor.class, TenantClientInterceptor.class, TenantHandler.class })
	static class TenantApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ CallerContextFactory.class, CallerHandler.class })
	static class CallerApplication {

	}

}
