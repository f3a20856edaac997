package io.github.udsboot.fuzz;

import java.util.List;

/**
 * Something that is given what a peer has sent, and what must be true of it whatever that
 * was. One instance is used again and again, by one thread.
 */
public interface FuzzTarget {

	/**
	 * Try an input. Whatever it throws is a fault.
	 * @param input the input, whose first bytes may choose how the target is set up
	 */
	void accept(byte[] input) throws Exception;

	/**
	 * Return how much may be allocated for an input, by all that is done with it.
	 * @param length how long the input is
	 * @return the number of bytes, which does not depend on what the input says of its
	 * own length
	 */
	long allowedBytes(int length);

	/**
	 * Return inputs that are valid, for others to be made of.
	 * @return the inputs, which the encoders have written, with what goes before
	 */
	List<byte[]> seeds();

}
