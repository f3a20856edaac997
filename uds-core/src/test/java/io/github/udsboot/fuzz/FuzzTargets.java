package io.github.udsboot.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.udsboot.handler.method.ArgumentTarget;
import io.github.udsboot.protocol.WireProtocol.Side;

/**
 * All that takes bytes of a peer.
 */
final class FuzzTargets {

	private static final Map<String, Supplier<FuzzTarget>> TARGETS = new LinkedHashMap<>();

	static {
		TARGETS.put("ttrpc-requests", () -> new ReaderTarget(new TtrpcDecoder(Side.SERVER)));
		TARGETS.put("ttrpc-answers", () -> new ReaderTarget(new TtrpcDecoder(Side.CLIENT)));
		TARGETS.put("envelopes-of-requests", () -> new EnvelopeTarget(Side.SERVER));
		TARGETS.put("envelopes-of-answers", () -> new EnvelopeTarget(Side.CLIENT));
		TARGETS.put("lines", () -> new ReaderTarget(new LineDecoderSetup(LineDecoderSetup.Kind.PLAIN)));
		TARGETS.put("routed-lines", () -> new ReaderTarget(new LineDecoderSetup(LineDecoderSetup.Kind.ROUTED)));
		TARGETS.put("answer-lines", () -> new ReaderTarget(new LineDecoderSetup(LineDecoderSetup.Kind.ANSWERS)));
		TARGETS.put("lines-to-the-end", () -> new ReaderTarget(new LineDecoderSetup(LineDecoderSetup.Kind.TO_END)));
		TARGETS.put("raw", RawTarget::new);
		TARGETS.put("length", () -> new ReaderTarget(new LengthDecoder()));
		TARGETS.put("utf8", Utf8Target::new);
		TARGETS.put("payloads", PayloadTarget::new);
		TARGETS.put("arguments", ArgumentTarget::new);
	}

	private FuzzTargets() {
	}

	static Set<String> names() {
		return TARGETS.keySet();
	}

	static FuzzTarget named(String name) {
		Supplier<FuzzTarget> target = TARGETS.get(name);
		if (target == null) {
			throw new IllegalArgumentException("There is no target '" + name + "', only " + names());
		}
		return target.get();
	}

}
