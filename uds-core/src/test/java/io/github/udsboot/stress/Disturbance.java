package io.github.udsboot.stress;

/**
 * What a round does to its calls beside making them.
 */
enum Disturbance {

	/** Peers that stall, hang up and send what is no frame. */
	PEERS,

	/** Stops that answer what was accepted, each followed by a start. */
	RESTART,

	/** Stops without any time. */
	FORCED,

	/** Interrupts of callers. */
	INTERRUPT,

	/** Clients that are closed while they are used. */
	CLOSE

}
