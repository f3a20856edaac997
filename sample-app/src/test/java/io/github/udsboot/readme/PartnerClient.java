package io.github.udsboot.readme;

import java.time.Duration;
import java.util.List;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;

@Component
class PartnerClient {

	private final UdsTemplate go;

	private final UdsTemplate node;

	PartnerClient(@Qualifier("go") UdsTemplate go, @Qualifier("node") UdsTemplate node) {
		this.go = go;
		this.node = node;
	}

	String ask(String question) {
		return this.go.exchange(question, String.class);
	}

	List<String> converse() {
		try (UdsSession session = this.node.open()) {
			String greeting = session.receive(String.class);
			session.send("world!");
			return List.of(greeting, session.receive(String.class, Duration.ofSeconds(10)));
		}
	}

}
