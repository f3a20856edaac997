package io.github.udsboot.benchmark.load;

import java.util.Arrays;
import java.util.Random;

/**
 * The bytes that are sent, and that must come back.
 */
final class Payload {

	private final byte[] bytes;

	private Payload(byte[] bytes) {
		this.bytes = bytes;
	}

	static Payload ofSize(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return new Payload(bytes);
	}

	byte[] bytes() {
		return this.bytes;
	}

	void checkLength(byte[] answer) {
		if (answer.length != this.bytes.length) {
			throw new IllegalStateException(
					"Sent " + this.bytes.length + " bytes, and " + answer.length + " came back");
		}
	}

	void check(byte[] answer) {
		checkLength(answer);
		if (!Arrays.equals(answer, this.bytes)) {
			throw new IllegalStateException("Other bytes came back than were sent");
		}
	}

}
