package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes inputs out of others, the same ones for the same seed.
 */
final class Mutator {

	private static final int[] NUMBERS = { 0, 1, -1, 99, 100, 101, 127, 128, 255, 256, 999, 1_000, 1_001, 16_384,
			16_385, 39_999, 40_000, 40_001, 65_535, 65_536, 4 << 20, (4 << 20) + 1, (16 << 20) - 1, 16 << 20,
			Integer.MAX_VALUE, Integer.MIN_VALUE };

	private static final int LONG = 1_000;

	private final List<byte[]> seeds;

	/** Those that are tried fast. */
	private final List<byte[]> shorts = new ArrayList<>();

	private final SplittableRandom random;

	Mutator(Collection<byte[]> seeds, long seed) {
		this.seeds = List.copyOf(seeds);
		seeds.stream().filter((input) -> input.length < LONG).forEach(this.shorts::add);
		this.random = new SplittableRandom(seed);
	}

	byte[] next() {
		byte[] input = pick().clone();
		int changes = this.random.nextInt(1, 7);
		for (int i = 0; i < changes; i++) {
			input = (input.length > 0) ? change(input) : pick().clone();
		}
		return input;
	}

	private byte[] pick() {
		List<byte[]> from = (this.random.nextInt(50) == 0) ? this.seeds : this.shorts;
		return from.get(this.random.nextInt(from.size()));
	}

	private byte[] change(byte[] input) {
		// most of what means something is in front
		int at = this.random.nextInt(this.random.nextBoolean() ? Math.min(input.length, 40) : input.length);
		int length = 1 + this.random.nextInt(Math.min(input.length - at, 30));
		switch (this.random.nextInt(9)) {
			case 0 -> {
				input[at] ^= (byte) (1 << this.random.nextInt(8));
			}
			case 1 -> {
				input[at] = (byte) this.random.nextInt();
			}
			case 2 -> {
				input[at] = (byte) NUMBERS[this.random.nextInt(NUMBERS.length)];
			}
			case 3 -> {
				return Arrays.copyOf(input, at);
			}
			case 4 -> {
				return join(input, at, at + length, new byte[0]);
			}
			case 5 -> {
				return join(input, at, at, Arrays.copyOfRange(input, at, at + length));
			}
			case 6 -> {
				byte[] noise = new byte[this.random.nextInt(1, 9)];
				for (int i = 0; i < noise.length; i++) {
					noise[i] = (byte) this.random.nextInt();
				}
				return join(input, at, at, noise);
			}
			case 7 -> {
				if (input.length - at >= Integer.BYTES) {
					ByteBuffer.wrap(input).putInt(at, NUMBERS[this.random.nextInt(NUMBERS.length)]);
				}
			}
			default -> {
				byte[] other = pick();
				int from = this.random.nextInt(other.length + 1);
				// behind the byte that says how the target is set up
				return join(input, this.random.nextBoolean() ? at : input.length, input.length,
						Arrays.copyOfRange(other, (from < 30) ? Math.min(1, other.length) : from, other.length));
			}
		}
		return input;
	}

	private static byte[] join(byte[] input, int to, int from, byte[] between) {
		byte[] joined = new byte[to + between.length + input.length - from];
		System.arraycopy(input, 0, joined, 0, to);
		System.arraycopy(between, 0, joined, to, between.length);
		System.arraycopy(input, from, joined, to + between.length, input.length - from);
		return joined;
	}

}
