package io.brpc.sample.fleet;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page before a real server with real clients, in a real browser.
 */
class FleetPageTests {

	private static final int SIZE = 6;

	private static final String ROWS = "#list .client:not([data-gone])";

	@TempDir
	private static Path certificates;

	private static Browser browser;

	private static FleetServer server;

	@BeforeAll
	static void start() {
		browser = Browser.start();
		server = new FleetServer(certificates, SIZE, "1h", "100ms");
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
		if (browser != null) {
			browser.close();
		}
	}

	@BeforeEach
	void open() {
		browser.width(1280, 900);
		browser.dark(false);
		browser.open(server.page());
		browser.awaitText("#link", "live");
		browser.awaitCount(ROWS, SIZE);
	}

	@Test
	void clientsComeAndGo() {
		Registration guest = new Registration("Zuse", "guests");
		server.clients().connect(guest);
		browser.awaitCount(ROWS, SIZE + 1);
		browser.awaitText("#tile-count", "" + (SIZE + 1));
		assertThat(browser.texts("#list .name")).contains("Zuse");
		assertThat(browser.texts("#to option")).contains("Group guests (1)");
		server.clients().disconnect(guest);
		browser.awaitText(".client[data-gone] .why", "left: closed by the peer");
		assertThat(browser.texts(".client[data-gone] .name")).containsExactly("Zuse");
		browser.awaitCount("#list .client", SIZE);
		browser.awaitText("#tile-count", "" + SIZE);
	}

	@Test
	void theRowsAreInTheOrderOfTheirGroupsAndNames() {
		assertThat(browser.texts("#list .group")).isSorted().contains("depot", "field", "harbour", "kiosk");
		browser.find("#find").sendKeys("fiel");
		Browser.await("the other groups hide",
				() -> browser
					.strings("return [...document.querySelectorAll('.client:not([hidden]) .group')]"
							+ ".map((group) => group.textContent)")
					.equals(List.of("field", "field")));
	}

	@Test
	void figuresArePlotted() {
		Browser.await("round-trip times",
				() -> browser.texts("#list .rtt b").stream().allMatch((time) -> time.endsWith(" ms")));
		Browser.await("lines",
				() -> browser
					.strings("return [...document.querySelectorAll('#list .rtt polyline')]"
							+ ".map((line) => line.getAttribute('points') || '')")
					.stream()
					.allMatch((points) -> points.contains(" ")));
		assertThat(browser.texts("#list .loss b")).allMatch((loss) -> loss.endsWith(" %"));
	}

	@Test
	void oneClientIsCalled() {
		browser.find("button[aria-label='Call Ada']").click();
		browser.awaitText("#sum", "Ada: 1 answered, 0 failed");
		assertThat(browser.texts("#answers li")).singleElement().asString().isEqualTo("OKAda heard \"How are you?\"");
	}

	@Test
	void aGroupIsCalled() {
		browser.choose("#to", "depot");
		browser.find("#go").click();
		browser.awaitText("#sum", "group depot: 2 answered, 0 failed");
		assertThat(browser.texts("#answers li")).allMatch((answer) -> answer.matches("OK(Ada|Alan) heard .*"))
			.hasSize(2);
	}

	@Test
	void allClientsAreCalled() {
		browser.find("#go").click();
		browser.awaitText("#sum", "all clients: " + SIZE + " answered, 0 failed");
		assertThat(browser.count("#answers li[data-status=OK]")).isEqualTo(SIZE);
	}

	@Test
	void aCallToAClientThatHasJustLeftShowsItsStatus() {
		Registration guest = new Registration("Zuse", "guests");
		server.clients().connect(guest);
		browser.awaitCount(ROWS, SIZE + 1);
		String id = server.fleet()
			.members()
			.stream()
			.filter((member) -> member.name().equals("Zuse"))
			.map(Member::id)
			.findFirst()
			.orElseThrow();
		server.clients().disconnect(guest);
		Browser.await("it is gone", () -> server.fleet().members().size() == SIZE);
		browser.script("call({ client: arguments[0] }, 'Zuse')", id);
		browser.awaitText("#sum", "Zuse: 0 answered, 1 failed");
		assertThat(browser.text("#answers li")).startsWith("NOT_FOUNDZuse no client is connected as " + id);
	}

	@Test
	void markupIsShownAsText() {
		Registration guest = new Registration("<img src=x onerror=\"document.title='broken'\">",
				"<b>bold</b></option>");
		server.clients().connect(guest);
		browser.awaitCount(ROWS, SIZE + 1);
		assertThat(browser.texts("#list .name")).contains(guest.name());
		assertThat(browser.texts("#list .group")).contains(guest.group());
		browser.choose("#to", guest.group());
		WebElement question = browser.find("#question");
		question.clear();
		question.sendKeys("<script>document.title='broken'</script>");
		browser.find("#go").click();
		browser.awaitText("#sum", "group <b>bold</b></option>: 1 answered");
		assertThat(browser.text("#answers li"))
			.isEqualTo("OK" + guest.name() + " heard \"<script>document.title='broken'</script>\"");
		assertThat(browser.count("main img, main script, #list b b, #answers script")).isZero();
		assertThat(browser.text("title")).isEqualTo("brpc fleet");
		server.clients().disconnect(guest);
		browser.awaitCount(ROWS, SIZE);
	}

	@Test
	void theKeyboardIsEnough() {
		browser.script("document.activeElement.blur()");
		browser.tabTo("#question");
		assertThat(browser.focused().getCssValue("outline-style")).as("what has the focus is seen").isEqualTo("solid");
		browser.focused().sendKeys(Keys.chord(Keys.CONTROL, "a"), "Is this a key?", Keys.ENTER);
		browser.awaitText("#sum", "all clients: " + SIZE + " answered");
		assertThat(browser.texts("#answers li")).allMatch((answer) -> answer.contains("\"Is this a key?\""));
		browser.open(server.page());
		browser.awaitCount(ROWS, SIZE);
		browser.tabTo("button[aria-label='Call Ada']");
		assertThat(browser.focused().getCssValue("outline-style")).isEqualTo("solid");
		browser.press(Keys.SPACE);
		browser.awaitText("#sum", "Ada: 1 answered");
	}

	@Test
	void aPhoneNeedsNoSidewaysScrolling() {
		Registration guest = new Registration("N".repeat(64), "G".repeat(64));
		server.clients().connect(guest);
		browser.awaitCount(ROWS, SIZE + 1);
		browser.width(360, 740);
		browser.find("#go").click();
		browser.awaitText("#sum", "all clients: " + (SIZE + 1) + " answered");
		assertThat(browser.script("return document.documentElement.clientWidth")).isEqualTo(360L);
		assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
		assertThat(browser.barriers()).isEmpty();
		server.clients().disconnect(guest);
		browser.awaitCount(ROWS, SIZE);
	}

	@Test
	void nobodyIsKeptOutInLightAndInDark() {
		browser.find("#go").click();
		browser.awaitText("#sum", "all clients: " + SIZE + " answered");
		assertThat(browser.barriers()).isEmpty();
		String light = browser.find("body").getCssValue("background-color");
		browser.dark(true);
		assertThat(browser.find("body").getCssValue("background-color")).isNotEqualTo(light);
		assertThat(browser.barriers()).isEmpty();
	}

	@Test
	void aServerThatWasGoneIsFoundAgain() {
		server.stop();
		browser.awaitText("#link", "server gone");
		browser.find("#go").click();
		browser.awaitText("#sum", "The server is gone");
		server.startAgain();
		browser.awaitText("#link", "live");
		browser.awaitCount("#list .client", SIZE);
		browser.awaitText("#tile-count", "" + SIZE);
		browser.find("#go").click();
		browser.awaitText("#sum", "all clients: " + SIZE + " answered, 0 failed");
	}

}
