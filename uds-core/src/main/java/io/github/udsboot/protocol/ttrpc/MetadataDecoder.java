package io.github.udsboot.protocol.ttrpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.udsboot.protocol.FrameLimits;

/**
 * Collects the metadata of one request and stops at the limits, before it makes a string
 * of what is over them.
 */
final class MetadataDecoder {

	static final int KEY = 1 << 3 | 2;

	static final int VALUE = 2 << 3 | 2;

	private final FrameLimits limits;

	private final Map<String, List<String>> metadata = new LinkedHashMap<>();

	private int entries;

	private int size;

	MetadataDecoder(FrameLimits limits) {
		this.limits = limits;
	}

	/** Read one embedded {@code KeyValue}. */
	void read(ProtobufInput in) throws EnvelopeException {
		if (++this.entries > this.limits.maxMetadataEntries()) {
			throw EnvelopeException
				.overLimit("Metadata is over the limit of " + this.limits.maxMetadataEntries() + " entries");
		}
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
		this.size += keyLength + valueLength;
		if (this.size > this.limits.maxMetadataSize()) {
			throw EnvelopeException
				.overLimit("Metadata is over the limit of " + this.limits.maxMetadataSize() + " bytes");
		}
		this.metadata.computeIfAbsent(in.string(key, keyLength), (name) -> new ArrayList<>(1))
			.add(in.string(value, valueLength));
	}

	Map<String, List<String>> metadata() {
		return this.metadata;
	}

}
