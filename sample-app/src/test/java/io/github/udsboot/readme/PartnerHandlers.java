package io.github.udsboot.readme;

import org.springframework.stereotype.Component;

import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.UdsHandler;

@Component
class PartnerHandlers {

	@UdsHandler(listener = "chunks")
	String chunk(String chunk) {
		return "received: " + chunk;
	}

	@UdsHandler(listener = "lines")
	void line(String line, UdsSession session) {
		session.send(line);
		session.send("anything else?");
	}

}
