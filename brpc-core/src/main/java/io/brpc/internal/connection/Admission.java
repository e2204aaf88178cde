package io.brpc.internal.connection;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

import io.brpc.AdmissionLimits;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections against the limits. Event-loop confined.
 */
final class Admission {

	private final Map<InetAddress, Integer> perAddress = new HashMap<>();

	private final AdmissionLimits limits;

	private int handshakes;

	private int connections;

	Admission(AdmissionLimits limits) {
		this.limits = limits;
	}

	/**
	 * Tells whether one more handshake may begin.
	 * @return whether it may
	 */
	boolean hasRoom() {
		return this.handshakes < this.limits.maxHandshakes();
	}

	/**
	 * Tells whether a client has to prove its address first. Who is in its handshake is
	 * counted whether or not it has done so.
	 * @return whether it has to
	 */
	boolean verifiesAddress() {
		return this.handshakes >= this.limits.maxUnverifiedHandshakes();
	}

	/**
	 * Counts a handshake that begins.
	 * @param address where it comes from
	 * @return its ticket
	 */
	Ticket begin(InetAddress address) {
		this.handshakes++;
		return new Ticket(address);
	}

	/**
	 * The place of one connection.
	 */
	final class Ticket {

		private final InetAddress address;

		private boolean handshaking = true;

		private boolean admitted;

		private boolean authenticating;

		private Ticket(InetAddress address) {
			this.address = address;
		}

		/**
		 * Asks for a place, now that the handshake is complete.
		 * @return null if there is one, or else why not
		 */
		@Nullable String admit() {
			endHandshake();
			int max = Admission.this.limits.maxConnections();
			if (Admission.this.connections >= max) {
				return "the server has " + max + " connections, which is its limit";
			}
			int maxPerAddress = Admission.this.limits.maxConnectionsPerAddress();
			if (Admission.this.perAddress.getOrDefault(this.address, 0) >= maxPerAddress) {
				return "the server has " + maxPerAddress + " connections from this address, which is its limit";
			}
			Admission.this.connections++;
			Admission.this.perAddress.merge(this.address, 1, Integer::sum);
			this.admitted = true;
			return null;
		}

		/**
		 * Counts as a handshake again, because the application is asked about the client.
		 * Lasts until it has answered, even if the place is given back before: threads
		 * that nobody waits for any more are to be bounded too.
		 */
		void beginAuthentication() {
			this.authenticating = true;
			Admission.this.handshakes++;
		}

		/**
		 * The application has answered. Saying so again does nothing.
		 */
		void endAuthentication() {
			if (this.authenticating) {
				this.authenticating = false;
				Admission.this.handshakes--;
			}
		}

		/**
		 * Gives the place back. Giving it back again does nothing.
		 */
		void giveBack() {
			endHandshake();
			if (this.admitted) {
				this.admitted = false;
				Admission.this.connections--;
				Admission.this.perAddress.computeIfPresent(this.address,
						(address, count) -> (count > 1) ? count - 1 : null);
			}
		}

		private void endHandshake() {
			if (this.handshaking) {
				this.handshaking = false;
				Admission.this.handshakes--;
			}
		}

	}

}
