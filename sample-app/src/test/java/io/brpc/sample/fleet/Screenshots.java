package io.brpc.sample.fleet;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes the pictures of the page that the documentation shows. Not run with the tests,
 * but by name.
 */
class Screenshots {

	private static final Path IMAGES = Path.of("..", "docs", "images");

	private static final int MAX_BYTES = 150_000;

	@Test
	void ofThePageAtWork(@TempDir Path certificates) throws Exception {
		try (Browser browser = Browser.start();
				FleetServer server = new FleetServer(certificates, 24, "6s", "1500ms")) {
			browser.width(1280, 800);
			browser.dark(false);
			browser.open(server.page());
			Browser.await("plots are full", () -> (Long) browser
				.script("return Math.max(0, ...[...clients.values()].map((client) => client.rtt.length))") > 50);
			browser.choose("#to", "kiosk");
			browser.find("#go").click();
			browser.awaitText("#sum", "group kiosk: ");
			browser.awaitCount(".client[data-gone]", 1);
			take(browser, "fleet-light.png");
			browser.dark(true);
			take(browser, "fleet-dark.png");
			browser.width(390, 844);
			take(browser, "fleet-phone.png");
		}
	}

	private static void take(Browser browser, String name) throws Exception {
		browser.script("scrollTo(0, 0); document.activeElement.blur()");
		Browser.await("two frames", () -> {
			browser.script("requestAnimationFrame(() => requestAnimationFrame(() => window.drawn = true))");
			return Boolean.TRUE.equals(browser.script("return window.drawn"));
		});
		browser.screenshot(IMAGES.resolve(name));
		assertThat(Files.size(IMAGES.resolve(name))).isLessThan(MAX_BYTES);
	}

}
