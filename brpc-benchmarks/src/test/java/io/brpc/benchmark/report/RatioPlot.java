package io.brpc.benchmark.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bars, one group per load: each product's figure of merit as a ratio to the baseline,
 * which is the line at 1. What was not compared has no bar, and says so. Not safe for use
 * by several threads.
 */
final class RatioPlot {

	private static final int LABELS_WIDTH = 400;

	private static final int BARS_WIDTH = 520;

	private static final int BAR_HEIGHT = 14;

	private static final int GROUP_GAP = 12;

	private static final int MARGIN = 48;

	private static final List<String> COLOURS = List.of("#2f6db3", "#d9822b", "#4b9b61", "#8d5fb0", "#b04a4a");

	private final List<Section> sections;

	private final Map<String, String> colours = new TreeMap<>();

	RatioPlot(List<Section> sections) {
		this.sections = sections;
		sections.stream()
			.flatMap((section) -> section.outcomes().stream().skip(1))
			.map(Outcome::product)
			.distinct()
			.forEach((product) -> this.colours.put(product, COLOURS.get(this.colours.size() % COLOURS.size())));
	}

	private static double ratio(Section section, Outcome outcome) {
		return (section.compared(outcome) instanceof Comparison.Ratio ratio) ? ratio.value() : 0;
	}

	/**
	 * Draws.
	 * @return an SVG document
	 */
	String svg() {
		double max = this.sections.stream()
			.flatMap((section) -> section.outcomes().stream().map((outcome) -> ratio(section, outcome)))
			.reduce(1.0, Math::max);
		StringBuilder body = new StringBuilder();
		int y = MARGIN;
		for (Section section : this.sections) {
			y = group(section, y, BARS_WIDTH / max, body);
		}
		double one = LABELS_WIDTH + BARS_WIDTH / max;
		append(body, "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#444' stroke-dasharray='3 3'/>%n", one,
				MARGIN - 6, one, y);
		legend(body);
		return String.format(Locale.ROOT,
				"<svg xmlns='http://www.w3.org/2000/svg' width='%1$d' height='%2$d' viewBox='0 0 %1$d %2$d' "
						+ "font-family='sans-serif' font-size='11'>%n<rect width='100%%' height='100%%' fill='white'/>%n%3$s</svg>%n",
				LABELS_WIDTH + BARS_WIDTH + MARGIN, y + GROUP_GAP, body);
	}

	private int group(Section section, int top, double scale, StringBuilder body) {
		int y = top;
		append(body, "<text x='%d' y='%d' text-anchor='end'>%s</text>%n", LABELS_WIDTH - 8, y + BAR_HEIGHT - 3,
				escape(section.title() + ": " + section.measure()
						+ (section.measure().moreIsBetter() ? "" : ", less is better")));
		for (Outcome outcome : section.outcomes().subList(1, section.outcomes().size())) {
			if (section.compared(outcome) instanceof Comparison.Ratio ratio) {
				append(body, "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>%n", LABELS_WIDTH, y,
						ratio.value() * scale, BAR_HEIGHT - 2, this.colours.get(outcome.product()));
				append(body, "<text x='%.1f' y='%d'>%s</text>%n", LABELS_WIDTH + ratio.value() * scale + 4,
						y + BAR_HEIGHT - 4, ratio);
			}
			else {
				append(body, "<text x='%d' y='%d' fill='#888'>%s</text>%n", LABELS_WIDTH + 4, y + BAR_HEIGHT - 4,
						escape(outcome.product() + " not compared"));
			}
			y += BAR_HEIGHT;
		}
		return y + GROUP_GAP;
	}

	private void legend(StringBuilder body) {
		int x = LABELS_WIDTH;
		for (Map.Entry<String, String> entry : this.colours.entrySet()) {
			append(body, "<rect x='%d' y='10' width='12' height='12' fill='%s'/>%n", x, entry.getValue());
			append(body, "<text x='%d' y='20'>%s</text>%n", x + 18, escape(entry.getKey()));
			x += 130;
		}
		if (!this.sections.isEmpty()) {
			append(body, "<text x='%d' y='20' fill='#444'>1 = %s</text>%n", x,
					escape(this.sections.get(0).baseline().product()));
		}
	}

	private static void append(StringBuilder body, String format, Object... values) {
		body.append(String.format(Locale.ROOT, format, values));
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;");
	}

}
