package io.github.udsboot.protocol.ttrpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.HostTime;

/**
 * Collects the metadata of one request and enforces the limits before it creates strings.
 */
final class MetadataDecoder {

	static final int KEY = 1 << 3 | 2;

	static final int VALUE = 2 << 3 | 2;

	private static final byte[] EXTENSIONS = Extensions.KEY.getBytes(StandardCharsets.US_ASCII);

	private static final byte[] OWN_CONNECTION = "uds-own-connection".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] DEADLINE = HostTime.KEY.getBytes(StandardCharsets.US_ASCII);

	private static final int MAX_UNCOUNTED = 3;

	private static final int MAX_UNCOUNTED_VALUE = 128;

	private final FrameLimits limits;

	private final Map<String, List<String>> metadata = new LinkedHashMap<>();

	private int entries;

	private int size;

	private int uncounted;

	MetadataDecoder(FrameLimits limits) {
		this.limits = limits;
	}

	/** Read one embedded {@code KeyValue}. */
	void read(ProtobufInput in) throws EnvelopeException {
		int key = 0;
		int keyLength = 0;
		int value = 0;
		int valueLength = 0;
		int outer = in.enter();
		for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
			switch (tag) {
				case KEY -> {
					keyLength = in.skipString();
					key = in.position() - keyLength;
				}
				case VALUE -> {
					valueLength = in.skipString();
					value = in.position() - valueLength;
				}
				default -> in.skipField(tag);
			}
		}
		in.leave(outer);
		if (!isBetweenPeers(in, key, keyLength, valueLength)) {
			count(keyLength + valueLength);
		}
		this.metadata.computeIfAbsent(in.string(key, keyLength), (name) -> new ArrayList<>(1))
			.add(in.string(value, valueLength));
	}

	/**
	 * Return whether an entry is not the caller's, so that no call fails because of it:
	 * this applies to the first few short entries that peers use among themselves.
	 */
	private boolean isBetweenPeers(ProtobufInput in, int key, int keyLength, int valueLength) {
		return (in.matches(key, keyLength, EXTENSIONS) || in.matches(key, keyLength, OWN_CONNECTION)
				|| in.matches(key, keyLength, DEADLINE)) && valueLength <= MAX_UNCOUNTED_VALUE
				&& ++this.uncounted <= MAX_UNCOUNTED;
	}

	private void count(int length) throws EnvelopeException {
		if (++this.entries > this.limits.maxMetadataEntries()) {
			throw EnvelopeException
				.overLimit("Metadata is over the limit of " + this.limits.maxMetadataEntries() + " entries");
		}
		this.size += length;
		if (this.size > this.limits.maxMetadataSize()) {
			throw EnvelopeException
				.overLimit("Metadata is over the limit of " + this.limits.maxMetadataSize() + " bytes");
		}
	}

	Map<String, List<String>> metadata() {
		return this.metadata;
	}

}
