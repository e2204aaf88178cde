package io.brpc.sample.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.brpc.BrpcConnection;
import io.brpc.ClientAnswer;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.NoClientException;
import io.brpc.sample.proto.Answer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * What the page asks for. Safe for use by any thread.
 */
@RestController
@Profile("server & fleet")
class FleetController {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final int LONGEST_QUESTION = 200;

	private final Fleet fleet;

	private final NewsDesk news;

	private final ConnectionRegistry connections;

	private final JsonMapper json;

	FleetController(Fleet fleet, NewsDesk news, ConnectionRegistry connections, JsonMapper json) {
		this.fleet = fleet;
		this.news = news;
		this.connections = connections;
		this.json = json;
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter events() {
		return this.news.open()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "too many pages"))
			.start();
	}

	/**
	 * Calls clients, and sends each answer as a line of JSON when it comes.
	 */
	@PostMapping(path = "/calls", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<StreamingResponseBody> call(@RequestBody Call call) {
		if (call.question() == null || call.question().isBlank() || call.question().length() > LONGEST_QUESTION) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"a question has 1 to " + LONGEST_QUESTION + " characters");
		}
		String question = call.question();
		ConnectionId client = id(call.client());
		return ResponseEntity.ok().contentType(MediaType.APPLICATION_NDJSON).body((lines) -> {
			try {
				this.fleet.ask(targets(client, call.group()), question, LIMIT,
						(answer) -> write(lines, AnswerLine.of(answer)));
			}
			catch (NoClientException ex) {
				write(lines, AnswerLine.of(call.client(), ex.getStatus()));
			}
		});
	}

	private static @Nullable ConnectionId id(@Nullable String text) {
		try {
			return (text != null) ? ConnectionId.parse(text) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, ex.getMessage());
		}
	}

	private Collection<BrpcConnection> targets(@Nullable ConnectionId client, @Nullable String group) {
		if (client != null) {
			return List.of(this.connections.find(client).orElseThrow(() -> NoClientException.unknown(client)));
		}
		if (group != null) {
			return this.connections.inGroup(group);
		}
		return this.fleet.members().stream().map(Member::connection).toList();
	}

	private void write(OutputStream lines, AnswerLine line) {
		try {
			lines.write((this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
			lines.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What the page sends.
	 *
	 * @param client the ID of the only client to call; null for several
	 * @param group the group to call; null for all
	 * @param question what to ask
	 */
	record Call(@Nullable String client, @Nullable String group, @Nullable String question) {

	}

	/**
	 * One client's answer.
	 *
	 * @param id the connection's ID
	 * @param name who answered; null if the client is unknown
	 * @param status the code of the {@link Status}
	 * @param text what it answered, or what the status says
	 */
	record AnswerLine(@Nullable String id, @Nullable String name, String status, String text) {

		static AnswerLine of(ClientAnswer<Answer> answer) {
			BrpcConnection connection = answer.connection();
			String text = (answer.response() != null) ? answer.response().getText() : words(answer.status());
			return new AnswerLine(connection.id().toString(), Member.find(connection).map(Member::name).orElse(null),
					answer.status().getCode().name(), text);
		}

		static AnswerLine of(@Nullable String id, Status status) {
			return new AnswerLine(id, null, status.getCode().name(), words(status));
		}

		private static String words(Status status) {
			return (status.getDescription() != null) ? status.getDescription() : "";
		}

	}

}
