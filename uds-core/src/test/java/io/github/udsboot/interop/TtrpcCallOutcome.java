package io.github.udsboot.interop;

import java.util.HexFormat;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.udsboot.Status;

/**
 * What a partner's ttrpc client says of a call: its one line of JSON.
 *
 * @param exitStatus the exit status of the client: 0 unless the transport failed or a
 * reply was wrong
 * @param line the line
 */
record TtrpcCallOutcome(int exitStatus, JsonNode line) {

	private static final JsonMapper MAPPER = JsonMapper.shared();

	static TtrpcCallOutcome of(int exitStatus, InteropProcess client) {
		List<String> lines = client.lines();
		if (lines.size() != 1) {
			throw new AssertionError("One line of output expected: " + client.describe());
		}
		return new TtrpcCallOutcome(exitStatus, MAPPER.readTree(lines.get(0)));
	}

	Status status() {
		return Status.fromCode(number("number"));
	}

	String message() {
		return text("message");
	}

	/** Return whether the status stood in the server's answer. */
	boolean isRemote() {
		return text("where").equals("remote");
	}

	String text(String field) {
		return field(field).asString();
	}

	int number(String field) {
		return field(field).asInt();
	}

	boolean flag(String field) {
		return field(field).asBoolean();
	}

	byte[] bytes(String field) {
		return HexFormat.of().parseHex(text(field));
	}

	List<String> texts(String field) {
		return field(field).valueStream().map(JsonNode::asString).toList();
	}

	/**
	 * Return the details of the status, each as its type, a blank and its bytes in hex.
	 */
	List<String> details() {
		return field("details").valueStream()
			.map((detail) -> detail.get("type").asString() + " " + detail.get("value").asString())
			.toList();
	}

	private JsonNode field(String name) {
		JsonNode field = this.line.get(name);
		if (field == null) {
			throw new AssertionError("No field '" + name + "' in " + this.line);
		}
		return field;
	}

}
