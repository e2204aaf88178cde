package io.brpc.sample.fleet;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page with 500 clients. They are told of and not there: each would have threads of
 * its own, and it is the page that is looked at here.
 */
class LargeFleetTests {

	private static final Logger logger = LoggerFactory.getLogger(LargeFleetTests.class);

	private static final int CLIENTS = 500;

	private static final int ROUNDS = 40;

	@Test
	void fiveHundredClientsStaySmooth() {
		try (Browser browser = Browser.start(); ScriptedFleet fleet = new ScriptedFleet()) {
			fleet.tellAll();
			browser.open(fleet.page());
			browser.awaitText("#link", "live");
			browser.script("""
					window.frames = 0; window.rebuilt = 0; window.spoken = 0;
					(function count() { window.frames++; requestAnimationFrame(count); })();
					new MutationObserver((changes) => window.spoken += changes.length)
					  .observe(document.getElementById("spoken"), { childList: true });
					""");
			for (int i = 0; i < CLIENTS; i += 50) {
				fleet.tellJoined(i, i + 50);
			}
			browser.awaitText("#tile-count", "" + CLIENTS);
			browser.awaitCount("#list .client", CLIENTS);
			browser.script("""
					window.first = document.querySelector(".client");
					new MutationObserver((changes) => window.rebuilt += changes.length)
					  .observe(document.getElementById("list"), { childList: true });
					window.frames = 0;
					""");
			for (int round = 1; round <= ROUNDS; round++) {
				fleet.tellFigures(CLIENTS, round);
			}
			Browser.await("all figures have arrived",
					() -> Long.valueOf(ROUNDS).equals(browser.script("return clients.get('id-499').rtt.length")));
			Browser.await("the page goes on drawing", () -> (Long) browser.script("return window.frames") > ROUNDS);
			logger.info("{} frames", browser.script("return window.frames"));
			assertThat(browser.script("return window.rebuilt")).as("rows made or moved by figures").isEqualTo(0L);
			assertThat(browser.script("return window.first === document.querySelector('.client')")).isEqualTo(true);
			assertThat((Long) browser.script("return [...document.querySelectorAll('#list polyline[points]')].length"))
				.as("plots that are drawn are those that are seen, or nearly")
				.isPositive()
				.isLessThan(CLIENTS);
			fleet.tellLeft(100, CLIENTS);
			browser.awaitText("#tile-count", "100");
			browser.awaitCount("#list .client", 100);
			assertThat((Long) browser.script("return window.spoken")).as("said for all 900 comings and goings")
				.isLessThan(10);
		}
	}

}
