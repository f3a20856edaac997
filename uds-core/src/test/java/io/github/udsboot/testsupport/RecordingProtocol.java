package io.github.udsboot.testsupport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * ttrpc for a listener that keeps the stream ids of the requests of each connection.
 */
public final class RecordingProtocol implements MultiplexedProtocol {

	private final TtrpcProtocol ttrpc = new TtrpcProtocol();

	private final Queue<Recording> connections = new ConcurrentLinkedQueue<>();

	/** Return the stream ids as they came, of each connection that had a request. */
	public List<List<Long>> streamIds() {
		return this.connections.stream().map(Recording::streamIds).filter((ids) -> !ids.isEmpty()).toList();
	}

	@Override
	public String name() {
		return this.ttrpc.name();
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		Recording recording = new Recording(this.ttrpc.newReader(side, limits));
		this.connections.add(recording);
		return recording;
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		return this.ttrpc.newWriter(limits);
	}

	@Override
	public long firstStreamId() {
		return this.ttrpc.firstStreamId();
	}

	@Override
	public int streamIdStep() {
		return this.ttrpc.streamIdStep();
	}

	@Override
	public long retireStreamId() {
		return this.ttrpc.retireStreamId();
	}

	private static final class Recording implements FrameReader {

		private final FrameReader reader;

		private final List<Long> streamIds = new ArrayList<>();

		private Recording(FrameReader reader) {
			this.reader = reader;
		}

		private List<Long> streamIds() {
			synchronized (this.streamIds) {
				return List.copyOf(this.streamIds);
			}
		}

		@Override
		public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
			Frame frame = this.reader.read(in);
			if (frame instanceof RequestFrame request) {
				synchronized (this.streamIds) {
					this.streamIds.add(request.streamId());
				}
			}
			return frame;
		}

		@Override
		public @Nullable ByteBuffer target() {
			return this.reader.target();
		}

		@Override
		public boolean isMidFrame() {
			return this.reader.isMidFrame();
		}

		@Override
		public @Nullable Frame end() throws ProtocolException {
			return this.reader.end();
		}

	}

}
