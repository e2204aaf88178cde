package io.brpc.spring.boot.autoconfigure.observability;

import org.springframework.test.context.TestPropertySource;

/**
 * The same on brpc/1, where calls go by gRPC's own transport. JMX has room for the
 * endpoint of one application in a JVM, which is that of the other tests.
 */
@TestPropertySource(properties = { "brpc.server.wires=brpc/1", "spring.jmx.enabled=false" })
class ObservationOnBrpc1Tests extends ObservationTests {

}
