package io.brpc.spring.boot.test;

import org.springframework.test.context.TestPropertySource;

/**
 * The same with a server that does not speak brpc/2.
 */
@TestPropertySource(properties = "brpc.server.wires=brpc/1")
class AutoConfigureTestBrpcOnBrpc1Tests extends AutoConfigureTestBrpcTests {

}
