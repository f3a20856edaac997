package io.github.udsboot.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.client.call.OutcomeCheck;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.Utf8;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.WireProtocols;

/**
 * ttrpc: requests and items to a server, answers and items to a client, and extensions.
 */
final class TtrpcDecoder extends Decoder {

	private static final byte[] NOTHING = {};

	private static final int HEADER = 10;

	/** In the first byte of an input. */
	private static final int COMPLETE = 4;

	private static final int MAX_COMPLETED = 50_000;

	private static final int MAX_DETAILS = 64;

	private static final int MAX_DETAIL_BYTES = 64 << 10;

	private static final int MAX_MESSAGE = 4 << 10;

	/** Entries that peers exchange among themselves, which the limits do not count. */
	private static final int MAX_UNCOUNTED = 3;

	private static final int UNCOUNTED_BYTES = MAX_UNCOUNTED * (64 + 128);

	private final WireProtocol protocol = WireProtocols.named("ttrpc");

	private final FrameWriter[] writers = new FrameWriter[1 << LIMIT_BITS];

	private final Side side;

	TtrpcDecoder(Side side) {
		this.side = side;
		for (int i = 0; i < this.writers.length; i++) {
			this.writers[i] = this.protocol.newWriter(limits(i));
		}
	}

	@Override
	FrameReader newReader(int setup) {
		return this.protocol.newReader(this.side, limits(setup));
	}

	@Override
	byte[] complete(byte[] input, int setup) {
		if ((setup & COMPLETE) == 0) {
			return input;
		}
		ByteBuffer frames = ByteBuffer.wrap(input);
		long end = 1;
		while (input.length - end >= HEADER) {
			end += HEADER + Integer.toUnsignedLong(frames.getInt((int) end));
		}
		return (end > input.length && end < MAX_COMPLETED) ? Arrays.copyOf(input, (int) end) : input;
	}

	/**
	 * A body of up to 16 KiB is held at once; a larger one in up to two arrays that grow
	 * eightfold, from 16 KiB on, and 4 KiB before it is known where the payload is.
	 */
	@Override
	long heldBound(int setup, long arrived) {
		return Math.min((40 << 10) + 9 * arrived, 2L * limits(setup).maxFrameSize() + (4 << 10));
	}

	@Override
	void check(Frame frame, int setup) {
		FrameLimits limits = limits(setup);
		if (frame instanceof RequestFrame request) {
			check(request, limits);
		}
		else if (frame instanceof ResponseFrame response) {
			Require.that(response.payload().length + response.message().length() <= limits.maxFrameSize(),
					() -> "Response over the limit");
			Require.that(response.details().size() <= MAX_DETAILS, () -> "Too many details");
		}
		else if (frame instanceof DataFrame data) {
			Require.that(data.payload().length <= limits.maxFrameSize(), () -> "Data over the limit");
		}
		if (this.side == Side.CLIENT) {
			OutcomeCheck.check(frame);
		}
	}

	private static void check(RequestFrame request, FrameLimits limits) {
		Require.that(request.payload().length <= limits.maxFrameSize(), () -> "Payload over the limit");
		Require.that(Utf8.length(request.route()) <= limits.maxRouteLength(), () -> "Route over the limit");
		Require.that(request.route().chars().noneMatch(Character::isISOControl), () -> "Control character");
		long entries = 0;
		long size = 0;
		for (Map.Entry<String, List<String>> entry : request.metadata().entrySet()) {
			for (String value : entry.getValue()) {
				entries++;
				size += Utf8.length(entry.getKey()) + Utf8.length(value);
			}
		}
		Require.that(entries <= limits.maxMetadataEntries() + MAX_UNCOUNTED, () -> "Too many entries");
		Require.that(size <= limits.maxMetadataSize() + UNCOUNTED_BYTES, () -> "Metadata over the limit");
		Require.that(Extensions.allAndDeadline().containsAll(Extensions.announcedIn(request.metadata())),
				() -> "Extensions");
		Require.that(!Extensions.without(request.metadata()).containsKey(Extensions.KEY), () -> "Announcement");
	}

	@Override
	@Nullable EncodedFrame encode(Frame frame, int setup) {
		if (frame instanceof InvalidFrame && this.side == Side.CLIENT) {
			return null;
		}
		try {
			return this.writers[setup & 3].encode(frame);
		}
		catch (FrameTooLargeException ex) {
			// details are read up to the size of a frame, and written up to a limit of
			// their own; an answer to what is wrong may not fit where nothing else does
			Require.that(frame instanceof InvalidFrame
					|| (frame instanceof ResponseFrame response && sizeOf(response.details()) > MAX_DETAIL_BYTES / 2),
					() -> "Read, and too large to be written: " + ex.getMessage());
			return null;
		}
	}

	private static long sizeOf(List<StatusDetail> details) {
		return details.stream().mapToLong((detail) -> detail.typeUrl().length() + detail.value().length).sum();
	}

	@Override
	List<Frame> readAgain(EncodedFrame encoded, Frame frame, int setup) throws Exception {
		ByteBuffer bytes = ByteBuffer.wrap(Frames.bytes(encoded));
		boolean answer = frame instanceof InvalidFrame;
		FrameReader reader = this.protocol.newReader(answer ? Side.CLIENT : this.side, limits(setup));
		if (this.side == Side.SERVER && frame instanceof DataFrame) {
			RequestFrame before = new RequestFrame(frame.streamId(), "", NOTHING, 0, Map.of());
			reader.read(ByteBuffer.wrap(Frames.bytes(this.writers[1].encode(before))));
		}
		List<Frame> frames = new ArrayList<>();
		for (Frame read = reader.read(bytes); read != null; read = reader.read(bytes)) {
			frames.add(read);
		}
		return frames;
	}

	@Override
	Frame normalized(Frame frame, int setup) {
		if (frame instanceof RequestFrame request && request.route().lastIndexOf('.') == 0) {
			// as docs/protocol.md says: a dot at the very beginning is lost
			return new RequestFrame(request.streamId(), request.route().substring(1), request.payload(),
					request.timeoutNanos(), request.metadata(), request.kind(), request.betweenPeers(),
					request.onHostClock());
		}
		if (frame instanceof ResponseFrame response) {
			return (response.status() == Status.OK) ? ResponseFrame.ok(response.streamId(), response.payload())
					: new ResponseFrame(response.streamId(), response.status(), message(response.message(), setup),
							response.payload(), response.undispatched(), response.details());
		}
		if (frame instanceof RefusalFrame refusal) {
			return new RefusalFrame(refusal.streamId(), refusal.status(), message(refusal.message(), setup));
		}
		if (frame instanceof InvalidFrame invalid) {
			return ResponseFrame.failed(invalid.streamId(), invalid.status(), message(invalid.message(), setup));
		}
		return frame;
	}

	/** What a writer leaves of a long message. */
	private static String message(String message, int setup) {
		int greatest = Math.min(MAX_MESSAGE, limits(setup).maxFrameSize() / 2);
		return new String(Utf8.truncated(message, greatest), StandardCharsets.UTF_8);
	}

	@Override
	List<byte[]> seeds() {
		List<byte[]> seeds = new ArrayList<>();
		List<Frame> frames = frames();
		for (int setup = 0; setup < this.writers.length; setup++) {
			ByteArrayOutputStream all = new ByteArrayOutputStream();
			all.write(setup);
			for (Frame frame : frames) {
				byte[] bytes = Frames.bytes(this.writers[1].encode(frame));
				ByteArrayOutputStream one = new ByteArrayOutputStream();
				one.write(setup);
				if (frame instanceof DataFrame && this.side == Side.SERVER) {
					one.writeBytes(Frames.bytes(this.writers[1]
						.encode(new RequestFrame(frame.streamId(), "a", NOTHING, 0, Map.of(), kind(frame)))));
				}
				one.writeBytes(bytes);
				byte[] seed = one.toByteArray();
				seeds.add(seed);
				if (bytes.length < 500) {
					all.writeBytes(bytes);
				}
				else {
					byte[] begun = Arrays.copyOf(seed, seed.length - bytes.length + 60);
					begun[0] |= COMPLETE;
					seeds.add(begun);
				}
			}
			seeds.add(all.toByteArray());
			if (this.side == Side.SERVER) {
				for (Frame frame : atTheLimits(limits(setup))) {
					byte[] bytes = Frames.bytes(this.writers[1].encode(frame));
					seeds.add(ByteBuffer.allocate(1 + bytes.length).put((byte) setup).put(bytes).array());
				}
			}
		}
		return seeds;
	}

	/** As much of each as there may be, and one more. */
	private static List<Frame> atTheLimits(FrameLimits limits) {
		List<Frame> frames = new ArrayList<>();
		for (int more = 0; more < 2; more++) {
			frames.add(new RequestFrame(1, "r".repeat(limits.maxRouteLength() + more), NOTHING, 0, Map.of()));
			frames
				.add(new RequestFrame(1, "s." + "r".repeat(limits.maxRouteLength() - 2 + more), NOTHING, 0, Map.of()));
			frames.add(new RequestFrame(1, "r", NOTHING, 0,
					Map.of("", Collections.nCopies(limits.maxMetadataEntries() + more, ""))));
			frames.add(new RequestFrame(1, "r", NOTHING, 0,
					Map.of("key", List.of("v".repeat(limits.maxMetadataSize() - 3 + more)))));
			for (int own = 3; own < 5; own++) {
				Map<String, List<String>> metadata = new LinkedHashMap<>();
				metadata.put(Extensions.KEY, Collections.nCopies(own, "ping"));
				metadata.put("", Collections.nCopies(limits.maxMetadataEntries() - more, ""));
				frames.add(new RequestFrame(1, "r", NOTHING, 0, metadata));
			}
		}
		return frames;
	}

	List<Frame> frames() {
		return (this.side == Side.SERVER) ? toServer() : toClient();
	}

	private static RequestFrame.Kind kind(Frame frame) {
		return (frame.streamId() % 4 == 1) ? RequestFrame.Kind.STREAM : RequestFrame.Kind.OPEN_STREAM;
	}

	private static List<Frame> toServer() {
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		metadata.put("tenant", List.of("a", "gr\u00fcn", ""));
		metadata.put("", List.of("\ud83d\ude00"));
		Map<String, List<String>> announcing = new LinkedHashMap<>(Extensions
			.announce(Map.of("traceparent", List.of("00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01"))));
		announcing.put("uds-own-connection", List.of("1"));
		return List.of(new RequestFrame(1, "orders.get", "{\"id\":1}".getBytes(StandardCharsets.UTF_8), 0, Map.of()),
				new RequestFrame(3, "a", NOTHING, 1, Map.of()),
				new RequestFrame(5, "gr\u00f6\u00dfe.\ud83d\ude00", new byte[1], -1, metadata),
				new RequestFrame(7, "a.b.c", new byte[30], 30_000_000_000L, announcing, RequestFrame.Kind.STREAM, true),
				new RequestFrame(9, "a.b", NOTHING, 0, Map.of(), RequestFrame.Kind.OPEN_STREAM),
				new RequestFrame(11, "a.", new byte[3], Long.MIN_VALUE, Map.of(), RequestFrame.Kind.ONE_WAY),
				new RequestFrame(13, "a.b", new byte[1025], 0, metadata),
				new RequestFrame(15, "a.b", new byte[17_000], 0, metadata),
				new RequestFrame(17, "a.b", new byte[39_900], 5, Map.of()),
				new RequestFrame(19, "a", NOTHING, 1, new HostTime("clock", 1, 2).in(Map.of()), RequestFrame.Kind.UNARY,
						true, true),
				DataFrame.item(9, "[1,2]".getBytes(StandardCharsets.UTF_8)), DataFrame.item(9, NOTHING),
				DataFrame.end(9), DataFrame.item(7, new byte[17_000]), new CancelFrame(1), new PingFrame(3, 7, false),
				new PingFrame(3, -1, true));
	}

	private static List<Frame> toClient() {
		return Stream
			.<Frame>of(ResponseFrame.ok(1, "{\"id\":1}".getBytes(StandardCharsets.UTF_8)), ResponseFrame.ok(3, NOTHING),
					ResponseFrame.ok(5, new byte[1025]), ResponseFrame.ok(7, new byte[17_000]),
					ResponseFrame.failed(9, Status.NOT_FOUND, "no order 42"),
					ResponseFrame.failed(11, Status.UNAUTHENTICATED, ""),
					ResponseFrame.refused(13, Status.UNAVAILABLE, "draining \ud83d\ude00"),
					ResponseFrame.refused(13, Status.RESOURCE_EXHAUSTED, "full"),
					new ResponseFrame(15, Status.ABORTED, "half", new byte[20_000], true),
					new ResponseFrame(17, Status.INVALID_ARGUMENT, "a", new byte[2], false,
							List.of(new StatusDetail("type.googleapis.com/acme.Gr\u00f6\u00dfe", new byte[20]),
									new StatusDetail("", NOTHING))),
					new RefusalFrame(1, Status.PERMISSION_DENIED, "not you"),
					new HelloFrame(1, Set.of(Extension.CANCEL, Extension.PING, Extension.GOAWAY)),
					new HelloFrame(1, Set.of()), new HelloFrame(1, Extensions.allAndDeadline(), 42), new GoAwayFrame(9),
					new PingFrame(1, 1, false), new PingFrame(1, Long.MAX_VALUE, true),
					DataFrame.item(9, "\"x\"".getBytes(StandardCharsets.UTF_8)), DataFrame.item(9, NOTHING),
					DataFrame.end(9), new DataFrame(9, new byte[4], true, true), DataFrame.item(9, new byte[17_000]))
			.toList();
	}

}
