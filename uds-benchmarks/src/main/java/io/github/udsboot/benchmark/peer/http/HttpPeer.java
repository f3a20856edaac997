package io.github.udsboot.benchmark.peer.http;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.peer.Peer;
import io.github.udsboot.benchmark.peer.RunningServer;

/**
 * A controller on Tomcat, and RestClient with a pooling HttpClient 5, over loopback TCP.
 */
public final class HttpPeer implements Peer {

	private static final int MAX_CONNECTIONS = 256;

	@Override
	public RunningServer serve(String address) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(HttpServerApplication.class)
			.web(WebApplicationType.SERVLET)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties("server.address=127.0.0.1", "server.port=0", "server.tomcat.threads.max=256",
					"server.tomcat.max-keep-alive-requests=-1")
			.run();
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		return new RunningServer("http://127.0.0.1:" + port, context::close);
	}

	@Override
	public EchoClient connect(String address, int connections) {
		CloseableHttpClient http = HttpClients.custom()
			.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
				.setMaxConnPerRoute(MAX_CONNECTIONS)
				.setMaxConnTotal(MAX_CONNECTIONS)
				.build())
			.build();
		RestClient rest = RestClient.builder()
			.baseUrl(address)
			.requestFactory(new HttpComponentsClientHttpRequestFactory(http))
			.build();
		return new RestEchoClient(rest, http);
	}

	private record RestEchoClient(RestClient rest, CloseableHttpClient http) implements EchoClient {

		@Override
		public byte[] echo(byte[] payload) {
			byte[] answer = this.rest.post()
				.uri(EchoController.ECHO)
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(payload)
				.retrieve()
				.body(byte[].class);
			if (answer == null) {
				throw new IllegalStateException("There was no answer");
			}
			return answer;
		}

		@Override
		public void close() {
			try {
				this.http.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
