package io.github.udsboot.transport.peer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The numbers of some groups, in little space: a process may be in 65,536 groups, and a
 * listener has many connections. Numbers above {@code Integer.MAX_VALUE} are negative
 * here, as in the JDK's principals. Immutable.
 */
final class GroupNumbers {

	/** More are not kept for a connection. */
	static final int MAX = 8192;

	static final GroupNumbers NONE = new GroupNumbers(new int[0]);

	private final int[] sorted;

	private final int hash;

	private GroupNumbers(int[] sorted) {
		this.sorted = sorted;
		this.hash = Arrays.hashCode(sorted);
	}

	static GroupNumbers of(IntStream numbers) {
		int[] sorted = numbers.sorted().distinct().toArray();
		return (sorted.length == 0) ? NONE : new GroupNumbers(sorted);
	}

	boolean contains(long number) {
		return number >>> Integer.SIZE == 0 && contains((int) number);
	}

	boolean contains(int number) {
		return Arrays.binarySearch(this.sorted, number) >= 0;
	}

	int size() {
		return this.sorted.length;
	}

	IntStream stream() {
		return Arrays.stream(this.sorted);
	}

	@Override
	public boolean equals(Object other) {
		return this == other || (other instanceof GroupNumbers that && this.hash == that.hash
				&& Arrays.equals(this.sorted, that.sorted));
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

}
