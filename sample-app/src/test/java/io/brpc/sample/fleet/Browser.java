package io.brpc.sample.fleet;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

import org.springframework.util.FileSystemUtils;

/**
 * Chromium without a window, and without anything that it knew before. Used by the test's
 * thread alone.
 */
final class Browser implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofMinutes(2);

	private final Path profile;

	private final ChromeDriver driver;

	private Browser(Path profile, ChromeDriver driver) {
		this.profile = profile;
		this.driver = driver;
	}

	/**
	 * Starts a browser; skips the test if there is none on this machine.
	 * @return the browser, to be closed
	 */
	static Browser start() {
		Optional<File> chromium = onPath("browser.binary", "chromium", "chromium-browser", "google-chrome");
		Optional<File> chromedriver = onPath("browser.driver", "chromedriver");
		Assumptions.assumeTrue(chromium.isPresent(),
				"no browser: put chromium on the PATH, or name it with -Dbrowser.binary");
		Assumptions.assumeTrue(chromedriver.isPresent(),
				"no driver of the browser: put chromedriver on the PATH, or name it with -Dbrowser.driver");
		try {
			Path profile = Files.createTempDirectory("brpc-browser");
			ChromeOptions options = new ChromeOptions();
			options.setBinary(chromium.orElseThrow());
			options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
					"--disable-background-networking", "--disable-component-update", "--disable-sync",
					"--disable-dev-shm-usage", "--window-size=1280,900", "--user-data-dir=" + profile);
			ChromeDriverService service = new ChromeDriverService.Builder()
				.usingDriverExecutable(chromedriver.orElseThrow())
				.usingAnyFreePort()
				.build();
			return new Browser(profile, new ChromeDriver(service, options));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Optional<File> onPath(String property, String... names) {
		String named = System.getProperty(property);
		if (named != null) {
			return Optional.of(new File(named));
		}
		List<String> directories = List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.of(names)
			.flatMap((name) -> directories.stream().map((directory) -> new File(directory, name)))
			.filter(File::canExecute)
			.findFirst();
	}

	void open(String address) {
		this.driver.get(address);
	}

	/**
	 * Waits until something holds, however long the page takes to draw it.
	 * @param what what is waited for
	 * @param condition the condition
	 */
	static void await(String what, Callable<Boolean> condition) {
		waiting(what).until(condition);
	}

	private static ConditionFactory waiting(String what) {
		return Awaitility.await(what).atMost(LIMIT).ignoreException(StaleElementReferenceException.class);
	}

	/**
	 * Waits until an element says something.
	 * @param selector the element
	 * @param text the beginning of what it says
	 */
	void awaitText(String selector, String text) {
		waiting(selector + " says " + text).until(() -> text(selector), (found) -> found.startsWith(text));
	}

	/**
	 * Waits until there are so many elements.
	 * @param selector the elements
	 * @param count how many
	 */
	void awaitCount(String selector, int count) {
		waiting(count + " of " + selector).until(() -> count(selector), (found) -> found == count);
	}

	long count(String selector) {
		return (Long) script("return document.querySelectorAll(arguments[0]).length", selector);
	}

	/**
	 * Returns the text of an element, hidden or not.
	 * @param selector the first one that it selects
	 * @return the text; empty if there is no such element
	 */
	String text(String selector) {
		return (String) script("return (document.querySelector(arguments[0]) || {textContent: ''}).textContent",
				selector);
	}

	List<String> texts(String selector) {
		return strings("return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)",
				selector);
	}

	@SuppressWarnings("unchecked")
	List<String> strings(String script, Object... arguments) {
		return (List<String>) script(script, arguments);
	}

	WebElement find(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	/**
	 * Chooses one of the options of a select element.
	 * @param selector the element
	 * @param value the option's value
	 */
	void choose(String selector, String value) {
		find(selector).findElements(By.tagName("option"))
			.stream()
			.filter((option) -> value.equals(option.getDomProperty("value")))
			.findFirst()
			.orElseThrow()
			.click();
	}

	WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	void press(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	/**
	 * Goes from element to element with the tab key.
	 * @param selector the element to go to
	 */
	void tabTo(String selector) {
		for (int i = 0; i < 100; i++) {
			press(Keys.TAB);
			if (Boolean.TRUE.equals(script("return document.activeElement.matches(arguments[0])", selector))) {
				return;
			}
		}
		throw new AssertionError("the tab key does not reach " + selector);
	}

	Object script(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	void width(int width, int height) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
	}

	void dark(boolean dark) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
	}

	/**
	 * Looks for what keeps people out.
	 * @return one line for each thing found
	 */
	List<String> barriers() {
		try (var axe = Browser.class.getResourceAsStream("/axe.min.js")) {
			this.driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.driver.manage().timeouts().scriptTimeout(LIMIT);
		@SuppressWarnings("unchecked")
		List<String> found = (List<String>) this.driver.executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				axe.run().then((results) => done(results.violations.map((violation) => violation.id + ": "
				  + violation.help + ": " + violation.nodes.map((node) => node.html).slice(0, 3).join(" ; "))),
				  (failure) => done([String(failure)]));
				""");
		return found;
	}

	void screenshot(Path file) {
		try {
			Files.createDirectories(file.getParent());
			Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
		try {
			FileSystemUtils.deleteRecursively(this.profile);
		}
		catch (IOException ex) {
			// The browser may still write; the directory is a temporary one.
		}
	}

}
