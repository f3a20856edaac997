package io.github.udsboot.readme;

import java.time.Duration;
import java.time.Instant;

import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.UdsHeaders;

/* Shown in the README. */
@Component
class ReportHandlers {

	@UdsHandler("reports.render")
	String render(String title, @Header(UdsHeaders.DEADLINE) Instant deadline) {
		boolean hurry = Duration.between(Instant.now(), deadline).toSeconds() < 15;
		return hurry ? title : title + ", with pictures";
	}

}
