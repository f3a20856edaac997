package io.github.udsboot.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations there are. Keys are those of OpenTelemetry where it has some.
 */
public enum UdsObservationDocumentation implements ObservationDocumentation {

	/** A request on a listener, from its first interceptor to its response. */
	SERVER {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultUdsServerObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return KeyName.merge(LowCardinalityKeys.values(), ServerKeys.values());
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return ServerHighCardinalityKeys.values();
		}

	},

	/** A call of a client; if nobody waits for an answer, until it is on its way. */
	CLIENT {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultUdsClientObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return KeyName.merge(LowCardinalityKeys.values(), ClientKeys.values());
		}

	};

	/** What both sides tell. */
	public enum LowCardinalityKeys implements KeyName {

		/** Always {@code unix}. */
		NETWORK_TRANSPORT {

			@Override
			public String asString() {
				return "network.transport";
			}

		},

		/** Always {@code uds}. */
		RPC_SYSTEM {

			@Override
			public String asString() {
				return "rpc.system";
			}

		},

		/** The route with the names of its variables, {@code none} for no route. */
		RPC_METHOD {

			@Override
			public String asString() {
				return "rpc.method";
			}

		},

		/** The name of the status, {@code none} before it is known. */
		STATUS {

			@Override
			public String asString() {
				return "rpc.response.status_code";
			}

		}

	}

	/** What a listener tells. */
	public enum ServerKeys implements KeyName {

		/** The name of the listener. */
		LISTENER {

			@Override
			public String asString() {
				return "uds.listener";
			}

		}

	}

	/** What a listener tells a trace, as there is no end of values. */
	public enum ServerHighCardinalityKeys implements KeyName {

		/** The numeric user id of the peer, where the transport tells. */
		PEER_UID {

			@Override
			public String asString() {
				return "uds.peer.uid";
			}

		},

		/** The process id of the peer, where the transport tells. */
		PEER_PID {

			@Override
			public String asString() {
				return "uds.peer.pid";
			}

		}

	}

	/** What a client tells. */
	public enum ClientKeys implements KeyName {

		/** The name of the client. */
		CLIENT {

			@Override
			public String asString() {
				return "uds.client";
			}

		}

	}

}
