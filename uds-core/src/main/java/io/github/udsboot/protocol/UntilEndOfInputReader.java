package io.github.udsboot.protocol;

import java.nio.ByteBuffer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Reads everything up to the end of the input as one message. For
 * {@link MessageProtocol#untilEndOfInput()}.
 */
public final class UntilEndOfInputReader implements FrameReader {

	private final int maxFrameSize;

	private final Function<ByteBuffer, Frame> decoder;

	private GatheredBytes gathered;

	/**
	 * Create a reader.
	 * @param maxFrameSize the maximum number of bytes, see
	 * {@link FrameLimits#maxFrameSize()}
	 * @param decoder makes a message from the bytes between position and limit of a
	 * buffer, of which there is at least one, and keeps nothing of the buffer
	 */
	public UntilEndOfInputReader(int maxFrameSize, Function<ByteBuffer, Frame> decoder) {
		this.maxFrameSize = maxFrameSize;
		this.decoder = decoder;
		this.gathered = new GatheredBytes(maxFrameSize);
	}

	@Override
	public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
		int length = in.remaining();
		if (length > this.maxFrameSize - this.gathered.size()) {
			throw new ProtocolException(
					"Message up to the end of the input is over the limit of " + this.maxFrameSize + " bytes");
		}
		this.gathered.add(in, in.position(), length);
		in.position(in.limit());
		return null;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	/**
	 * Return {@code false}: the end of the input is never premature.
	 */
	@Override
	public boolean isMidFrame() {
		return false;
	}

	@Override
	public long heldBytes() {
		return this.gathered.heldBytes();
	}

	@Override
	public @Nullable Frame end() {
		GatheredBytes all = this.gathered;
		this.gathered = new GatheredBytes(this.maxFrameSize);
		return (all.size() != 0) ? this.decoder.apply(all.buffer().duplicate().flip()) : null;
	}

}
