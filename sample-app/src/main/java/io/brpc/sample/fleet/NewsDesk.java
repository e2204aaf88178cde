package io.brpc.sample.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Compares the fleet with what the pages know, ten times a second, and tells them what is
 * new: however many clients come at once, it is one message. A page that is new, or was
 * away, is told everything.
 * <p>
 * Guarded by {@code lock}.
 */
@Component
@Profile("server & fleet")
class NewsDesk {

	private static final Logger logger = LoggerFactory.getLogger(NewsDesk.class);

	private static final int MAX_PAGES = 32;

	private static final int TICKS_PER_FIGURE = 10;

	private final Object lock = new Object();

	private final Fleet fleet;

	private final JsonMapper json;

	@GuardedBy("lock")
	private final Map<String, Member> known = new LinkedHashMap<>();

	@GuardedBy("lock")
	private final Set<Page> pages = new LinkedHashSet<>();

	@GuardedBy("lock")
	private int tick;

	NewsDesk(Fleet fleet, JsonMapper json) {
		this.fleet = fleet;
		this.json = json;
	}

	/**
	 * Tells a page everything, and from then on what is new.
	 * @return the page; empty if there are too many
	 */
	Optional<Page> open() {
		synchronized (this.lock) {
			this.pages.removeIf(Page::isClosed);
			if (this.pages.size() >= MAX_PAGES) {
				return Optional.empty();
			}
			Page page = new Page();
			page.tell("all", this.json.writeValueAsString(
					new News(this.known.values().stream().map(News.Joined::of).toList(), List.of(), figures())));
			this.pages.add(page);
			return Optional.of(page);
		}
	}

	@Scheduled(fixedRate = 100)
	void tick() {
		Collection<Member> members = this.fleet.members();
		synchronized (this.lock) {
			boolean figuresAreDue = this.tick++ % TICKS_PER_FIGURE == 0;
			News news = new News(joined(members), left(members), figuresAreDue ? figures() : List.of());
			if (figuresAreDue) {
				members.forEach(Member::refresh);
			}
			if (!news.isEmpty()) {
				this.pages.removeIf(Page::isClosed);
				String text = this.json.writeValueAsString(news);
				this.pages.forEach((page) -> page.tell("news", text));
			}
		}
	}

	/**
	 * Ends the pages' requests, which the web server would wait for.
	 */
	@EventListener(ContextClosedEvent.class)
	void close() {
		synchronized (this.lock) {
			this.pages.forEach(Page::close);
			this.pages.clear();
		}
	}

	@GuardedBy("lock")
	private List<News.Joined> joined(Collection<Member> members) {
		List<News.Joined> joined = new ArrayList<>();
		for (Member member : members) {
			if (this.known.putIfAbsent(member.id(), member) == null) {
				logger.info("{} joined, {}", member, member.id());
				joined.add(News.Joined.of(member));
			}
		}
		return joined;
	}

	@GuardedBy("lock")
	private List<News.Left> left(Collection<Member> members) {
		Set<Member> present = Set.copyOf(members);
		List<Member> gone = this.known.values().stream().filter((member) -> !present.contains(member)).toList();
		for (Member member : gone) {
			logger.info("{} left, {}: {}", member, member.id(), member.farewell());
			this.known.remove(member.id());
		}
		return gone.stream().map(News.Left::of).toList();
	}

	@GuardedBy("lock")
	private List<Member.Figures> figures() {
		return this.known.values().stream().flatMap((member) -> member.figures().stream()).toList();
	}

}
