package io.github.udsboot.readme;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

@Component
class AuditHandler {

	final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	@UdsHandler("audit.record")
	void record(String event) {
		this.events.add(event);
	}

}
