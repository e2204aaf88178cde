package io.brpc.sample.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/**
 * What may happen to a server and its clients. Each scenario fails if one of its
 * processes does not say what it should.
 */
enum Scenario {

	/**
	 * Several clients call one server, and each is called by it.
	 */
	THREE_CLIENTS {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			stage.server("").says("listens on UDP port");
			List<Actor> clients = List.of(stage.client("Ada", ""), stage.client("Grace", ""),
					stage.client("Edsger", ""));
			for (Actor client : clients) {
				client.says("Hello " + client.name());
				client.ends();
			}
		}

	},

	/**
	 * A client's process is killed: the server misses it when the connection has been
	 * silent for too long. Then the client is started again.
	 */
	CLIENT_KILLED {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			Actor server = stage.server(",fleet");
			server.says("listens on UDP port");
			Actor ada = stage.client("Ada", ",fleet");
			server.says("Ada .* joined");
			ada.kill();
			server.says("Ada .* left");
			stage.client("Ada", ",fleet");
			server.says("Ada .* joined", 2);
		}

	},

	/**
	 * A server is stopped and started again: its clients come back, each with a new
	 * connection, and join their groups again.
	 */
	SERVER_RESTARTED {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			Actor server = stage.server(",fleet");
			server.says("listens on UDP port");
			stage.client("Ada", ",fleet");
			stage.client("Grace", ",fleet");
			server.says("Ada .* joined");
			server.says("Grace .* joined");
			server.terminate();
			server.says("brpc server stopped");
			server.ends();
			Actor successor = stage.server(",fleet");
			successor.says("Ada .* joined");
			successor.says("Grace .* joined");
		}

	},

	/**
	 * A server is asked to stop while it handles a call: the call gets its answer first.
	 */
	DRAIN {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			Actor server = stage.server("");
			server.says("listens on UDP port");
			Actor ada = stage.client("Ada", ",slow");
			ada.says("is asked");
			server.terminate();
			ada.says("Hello Ada");
			ada.ends();
			server.says("brpc server stopped$");
			server.ends();
		}

	},

	/**
	 * Every client has a certificate of its own, and the server greets it by that,
	 * whatever it calls itself.
	 */
	IDENTITIES {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			stage.server(",identity", "--sample.identities=ada,grace").says("listens on UDP port");
			Actor ada = stage.client("Nobody", "", "--sample.identity=ada");
			Actor grace = stage.client("Nobody", "", "--sample.identity=grace");
			ada.says("Hello CN=ada");
			grace.says("Hello CN=grace");
		}

	},

	/**
	 * One request to the page's server calls all clients of a group, and no other.
	 */
	GROUP_CALL {

		@Override
		void play(Stage stage) throws IOException, InterruptedException {
			Actor server = stage.server(",fleet");
			String page = server.says("page is (http://\\S+)").group(1);
			stage.client("Ada", ",fleet", "--sample.group=north");
			stage.client("Grace", ",fleet", "--sample.group=north");
			stage.client("Edsger", ",fleet", "--sample.group=south");
			for (String client : List.of("Ada", "Grace", "Edsger")) {
				server.says(client + " .* joined");
			}
			HttpRequest call = HttpRequest.newBuilder(URI.create(page + "/calls"))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{\"group\": \"north\", \"question\": \"Is it cold?\"}"))
				.build();
			List<String> answers = HttpClient.newHttpClient().send(call, BodyHandlers.ofLines()).body().toList();
			answers.forEach(System.out::println);
			if (answers.size() != 2 || !answers.stream().allMatch((answer) -> answer.contains("\"OK\""))) {
				throw new IllegalStateException("the group has two clients, but the answers are " + answers);
			}
		}

	};

	/**
	 * Plays the scenario.
	 * @param stage where
	 * @throws IOException if a process can't be started
	 * @throws InterruptedException if the thread is interrupted
	 */
	abstract void play(Stage stage) throws IOException, InterruptedException;

}
