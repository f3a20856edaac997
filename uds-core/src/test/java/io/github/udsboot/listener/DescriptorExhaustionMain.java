package io.github.udsboot.listener;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * Listens, and takes all descriptors when it is told to.
 */
public final class DescriptorExhaustionMain {

	static final String MARK = "answer ";

	private DescriptorExhaustionMain() {
	}

	public static void main(String[] args) throws IOException {
		UdsListenerOptions options = new UdsListenerOptions("child", UdsAddress.of(Path.of(args[0])));
		options.setTransport(TransportType.valueOf(args[1]));
		UdsListenerContainer container = new UdsListenerContainer(options, new EchoRouter(), CallRecorder.NONE, null);
		container.start();
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		// all classes that are needed later must be loaded while files can be opened
		system.getProcessCpuTime();
		container.stats();
		List<FileInputStream> taken = new ArrayList<>();
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		System.out.println(MARK + "ready");
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			switch (line) {
				case "exhaust" -> {
					exhaust(taken);
					System.out.println(MARK + taken.size());
				}
				case "failures" -> System.out.println(MARK + container.stats().acceptFailures());
				case "processor-millis" -> System.out.println(MARK + system.getProcessCpuTime() / 1_000_000);
				case "release" -> {
					for (FileInputStream stream : taken) {
						stream.close();
					}
					System.out.println(MARK + "released");
				}
				default -> throw new IllegalArgumentException(line);
			}
		}
		container.stop();
	}

	private static void exhaust(List<FileInputStream> taken) {
		try {
			while (true) {
				taken.add(new FileInputStream("/dev/null"));
			}
		}
		catch (FileNotFoundException ex) {
			// "Too many open files"
		}
	}

	private static final class EchoRouter implements UdsRouter, UdsRequestHandler {

		@Override
		public Match find(String route) {
			return new Match(this, Map.of());
		}

		@Override
		public UdsRequestHandler defaultHandler() {
			return null;
		}

		@Override
		public Collection<UdsRequestHandler> handlers() {
			return List.of(this);
		}

		@Override
		public boolean isEmpty() {
			return false;
		}

		@Override
		public String route() {
			return "echo";
		}

		@Override
		public Execution execution() {
			return Execution.INLINE;
		}

		@Override
		public void handle(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback) {
			callback.reply(UdsReply.ok(request.payload()));
		}

	}

}
