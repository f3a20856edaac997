package io.github.udsboot.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The available observations. Keys are those of OpenTelemetry where it defines them.
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

	/** A client call; for a one-way call, until the request is on its way. */
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

	/** Key values of both sides. */
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

	/** Key values of listeners. */
	public enum ServerKeys implements KeyName {

		/** The name of the listener. */
		LISTENER {

			@Override
			public String asString() {
				return "uds.listener";
			}

		}

	}

	/** Key values of listeners for traces only, as their values are unbounded. */
	public enum ServerHighCardinalityKeys implements KeyName {

		/** The numeric user id of the peer, if the transport provides it. */
		PEER_UID {

			@Override
			public String asString() {
				return "uds.peer.uid";
			}

		},

		/** The process id of the peer, if the transport provides it. */
		PEER_PID {

			@Override
			public String asString() {
				return "uds.peer.pid";
			}

		}

	}

	/** Key values of clients. */
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
