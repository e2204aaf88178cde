package io.brpc.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A server that calls back the client that calls it. Both in one process, or one of them
 * with the profile {@code server} or {@code client}; a fleet with {@code fleet} beside.
 */
@SpringBootApplication
public class SampleApplication {

	/**
	 * Runs the sample.
	 * @param arguments Spring Boot's
	 */
	public static void main(String[] arguments) {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE); // only a fleet's
																	// server has a page
		ConfigurableApplicationContext context = application.run(arguments);
		if (!context.getEnvironment().getRequiredProperty("sample.keep-running", Boolean.class)) {
			System.exit(SpringApplication.exit(context));
		}
	}

}
