package io.github.udsboot.protocol;

/**
 * The limits for what a peer may send, checked before anything is allocated.
 *
 * @param maxFrameSize the maximum length of a frame's data in bytes, default 4 MiB
 * @param maxMetadataSize the maximum sum of the lengths of metadata keys and values in
 * bytes, default 8 KiB
 * @param maxMetadataEntries the maximum number of metadata entries, default 64
 * @param maxRouteLength the maximum length of a route in bytes, default 255
 */
public record FrameLimits(int maxFrameSize, int maxMetadataSize, int maxMetadataEntries, int maxRouteLength) {

	/** The upper bound of {@link #maxFrameSize()}: 16 MiB less one byte. */
	public static final int FRAME_SIZE_CEILING = (16 << 20) - 1;

	/** The default limits. */
	public static final FrameLimits DEFAULTS = new FrameLimits(4 << 20, 8 << 10, 64, 255);

	public FrameLimits {
		if (maxFrameSize < 1 || maxFrameSize > FRAME_SIZE_CEILING) {
			throw new IllegalArgumentException(
					"Maximum frame size must be from 1 to " + FRAME_SIZE_CEILING + " bytes but is " + maxFrameSize);
		}
		if (maxMetadataSize < 0 || maxMetadataEntries < 0 || maxRouteLength < 1) {
			throw new IllegalArgumentException("Metadata limits must not be negative and routes need a length");
		}
	}

}
