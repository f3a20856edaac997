package io.github.udsboot.readme;

import java.util.concurrent.Callable;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/* Returns what CallableResultAdapter adapts. */
@Component
class ChecksumHandler {

	@UdsHandler("checksum")
	Callable<Integer> checksum(String text) {
		return text::hashCode;
	}

}
