package io.brpc.spring.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Makes the brpc server of the application under test listen on a free port of this
 * machine, with a certificate that was made for the test, and adds a
 * {@link BrpcTestClients} bean. Stands on a test class beside {@code @SpringBootTest}.
 * <p>
 * What it sets comes before the application's own properties. The SSL bundle
 * {@value TestBundles#CLIENT} is there for clients that the application has itself.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
@PropertyMapping("brpc.server")
public @interface AutoConfigureTestBrpc {

	/**
	 * Whether there is a server.
	 * @return the value of {@code brpc.server.enabled}
	 */
	boolean enabled() default true;

	/**
	 * The address that the server listens on.
	 * @return the value of {@code brpc.server.address}
	 */
	String address() default "127.0.0.1";

	/**
	 * The port that the server listens on; zero for one that is free.
	 * @return the value of {@code brpc.server.port}
	 */
	int port() default 0;

	/**
	 * The SSL bundle of the server. Test clients trust no other one.
	 * @return the value of {@code brpc.server.ssl.bundle}
	 */
	@PropertyMapping("ssl.bundle")
	String sslBundle() default TestBundles.SERVER;

}
