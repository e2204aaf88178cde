package io.brpc.spring.boot.autoconfigure;

import io.brpc.Wire;

import org.springframework.test.context.TestPropertySource;

/**
 * The same application, whose server does not speak brpc/2.
 */
@TestPropertySource(properties = "brpc.server.wires=brpc/1")
class WholeApplicationOnBrpc1Tests extends WholeApplicationTests {

	@Override
	Wire wire() {
		return Wire.BRPC_1;
	}

}
