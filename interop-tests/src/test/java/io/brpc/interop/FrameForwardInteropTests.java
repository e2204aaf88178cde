package io.brpc.interop;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.junit.Assume;
import org.junit.Test;

/**
 * gRPC's interop suite on brpc/2, the calls going from a client to the server that it
 * dialed.
 */
public class FrameForwardInteropTests extends ForwardInteropTests {

	@Override
	TransportSettings settings() {
		return TransportSettings.defaults().withWires(Wire.BRPC_2, Wire.BRPC_1);
	}

	/**
	 * The suite looks for HTTP/2's header. A frame says the time, and no metadata do;
	 * that it arrives is shown by the contract of calls.
	 */
	@Override
	@Test
	public void sendsTimeoutHeader() {
		Assume.assumeTrue("brpc/2 has no grpc-timeout", false);
	}

}
