package io.github.udsboot.reliability;

import java.util.List;

/**
 * What a hostile peer does; {@code interop/hostile/attack.py} knows it by its name.
 *
 * @param name the name
 * @param kind what it is after
 * @param description what it does
 */
record Attack(String name, Kind kind, String description) {

	// @formatter:off
	static final List<Attack> ALL = List.of(
			new Attack("busy", Kind.NONE, "for comparison: a process that keeps a processor busy, and leaves the server alone"),
			new Attack("eager", Kind.NONE, "for comparison: 4 connections that call a quick handler as fast as they go, and do nothing wrong"),
			new Attack("declare", Kind.MEMORY, "64 unproven connections declare 4 MiB and send 5 KB, again and again"),
			new Attack("half-frames", Kind.MEMORY, "64 connections send half of a frame of 4 MiB"),
			new Attack("deaf-large", Kind.MEMORY, "200 answers of 4 MB to a peer that reads nothing"),
			new Attack("deaf-empty", Kind.MEMORY, "8 connections that read no empty answer"),
			new Attack("deaf-refusals", Kind.MEMORY, "8 connections that read no refusal"),
			new Attack("deaf-pongs", Kind.MEMORY, "8 connections that read no PONG"),
			new Attack("items", Kind.MEMORY, "128 streams on 2 connections whose items no handler takes"),
			new Attack("waiting", Kind.THREADS, "256 calls of handlers that wait, on one connection"),
			new Attack("opens", Kind.THREADS, "100,000 stream opens on one connection"),
			new Attack("unanswered", Kind.THREADS, "16 × 256 calls that are never answered, then exit"),
			new Attack("storm", Kind.ADMISSION, "silent connects as fast as they go"),
			new Attack("drip", Kind.SLOW, "64 connections that send a byte each half a second"),
			new Attack("non-readers", Kind.SLOW, "64 connections that ask for 64 KiB and read nothing"),
			new Attack("pings", Kind.FLOOD, "4 connections that send PINGs as fast as they go"),
			new Attack("failures", Kind.LOG, "4 connections that call a failing handler as fast as they go"),
			new Attack("garbage", Kind.LOG, "connections that send no frame, one after the other"));
	// @formatter:on

	/** What an attack is after. */
	enum Kind {

		NONE, MEMORY, THREADS, ADMISSION, SLOW, FLOOD, LOG

	}

}
