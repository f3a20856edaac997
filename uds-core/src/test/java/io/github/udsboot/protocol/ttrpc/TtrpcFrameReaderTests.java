package io.github.udsboot.protocol.ttrpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReaderContractTests;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocol.Side;

/**
 * ttrpc's reader and writer under the contract of all framed protocols.
 */
class TtrpcFrameReaderTests extends FrameReaderContractTests {

	private static final byte[] NOTHING = {};

	private final FrameWriter writer = protocol()
		.newWriter(new FrameLimits(FrameLimits.FRAME_SIZE_CEILING, 8 << 10, 64, 255));

	@Override
	protected WireProtocol protocol() {
		return new TtrpcProtocol();
	}

	@Override
	protected List<Frame> framesTo(Side side) {
		return (side == Side.SERVER) ? requests() : responses();
	}

	private static List<Frame> requests() {
		Map<String, List<String>> metadata = new LinkedHashMap<>();
		metadata.put("tenant", List.of("blau", "grün", ""));
		metadata.put("", List.of("\ud83d\ude00"));
		return List.of(new RequestFrame(1, "orders.get", bytes(2), 0, Map.of()),
				new RequestFrame(3, "orders.get", NOTHING, 0, Map.of()), new RequestFrame(5, "", NOTHING, 0, Map.of()),
				new RequestFrame(7, "ping", bytes(127), 1, Map.of()),
				new RequestFrame(9, "containerd.task.v3.Task.Create", bytes(5), 30_000_000_000L, metadata),
				new RequestFrame(11, "größe.\ud83d\ude00", bytes(1), -1, Map.of()),
				new RequestFrame(13, "service.", bytes(1), Long.MAX_VALUE, Map.of()),
				new RequestFrame(15, "orders.put", bytes(1024), 0, Map.of()),
				new RequestFrame(17, "orders.put", bytes(1025), 0, Map.of()),
				new RequestFrame(19, "orders.put", bytes(16_400), Long.MIN_VALUE, metadata),
				new RequestFrame(21, "orders.put", bytes(300_000), 1, metadata),
				new RequestFrame(0xffff_ffffL, "orders.put", bytes(3), 0, Map.of()));
	}

	private static List<Frame> responses() {
		return List.of(ResponseFrame.ok(1, bytes(2)), ResponseFrame.ok(3, NOTHING), ResponseFrame.ok(5, bytes(128)),
				ResponseFrame.failed(7, Status.NOT_FOUND, "no order 42"),
				ResponseFrame.failed(9, Status.UNAUTHENTICATED, ""),
				ResponseFrame.refused(11, Status.UNAVAILABLE, "draining \ud83d\ude00"),
				new ResponseFrame(13, Status.ABORTED, "half", bytes(20_000), true), ResponseFrame.ok(15, bytes(1025)),
				ResponseFrame.ok(17, bytes(300_000)), ResponseFrame.ok(0xffff_ffffL, bytes(3)),
				new ResponseFrame(19, Status.NOT_FOUND, "", bytes(2), false,
						List.of(new StatusDetail("acme/größe", bytes(20_000)), new StatusDetail("", NOTHING))));
	}

	@Override
	protected Frame frameOfSize(Side side, int size) {
		for (int pad = 1; pad < 3; pad++) {
			for (int length = size - 20; length < size; length++) {
				byte[] payload = new byte[length];
				Frame frame = (side == Side.SERVER) ? new RequestFrame(1, "x".repeat(pad), payload, 0, Map.of())
						: new ResponseFrame(1, Status.ABORTED, "x".repeat(pad), payload, false);
				if (this.writer.encode(frame).size() == TtrpcHeader.SIZE + size) {
					new Random(length).nextBytes(payload);
					return frame;
				}
			}
		}
		throw new IllegalStateException("No frame of size " + size);
	}

	private static byte[] bytes(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

}
