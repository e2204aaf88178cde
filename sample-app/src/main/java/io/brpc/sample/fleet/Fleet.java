package io.brpc.sample.fleet;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.ClientAnswer;
import io.brpc.ClientStub;
import io.brpc.ConnectionRegistry;
import io.brpc.sample.proto.Answer;
import io.brpc.sample.proto.MemberGrpc;
import io.brpc.sample.proto.MemberGrpc.MemberBlockingStub;
import io.brpc.sample.proto.Question;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The members that are connected, and calls to them. Safe for use by any thread.
 */
@Component
@Profile("server & fleet")
class Fleet {

	private final ConnectionRegistry connections;

	private final ClientStub<MemberBlockingStub> clients;

	Fleet(ConnectionRegistry connections, ClientStub<MemberBlockingStub> clients) {
		this.connections = connections;
		this.clients = clients;
	}

	/**
	 * Lists the members.
	 * @return a snapshot, in no order
	 */
	List<Member> members() {
		return this.connections.all().stream().flatMap((connection) -> Member.find(connection).stream()).toList();
	}

	/**
	 * Calls clients, and waits until each has answered or failed.
	 * @param to the clients' connections
	 * @param text what to ask
	 * @param limit how long it may take altogether
	 * @param action told of one answer after the other, as they come; if it throws, the
	 * calls that are left are cancelled
	 */
	void ask(Collection<BrpcConnection> to, String text, Duration limit, Consumer<ClientAnswer<Answer>> action) {
		Question question = Question.newBuilder().setText(text).build();
		Set<Member> asked = ConcurrentHashMap.newKeySet();
		try {
			this.clients.fanOut().to(to).deadline(limit).callEach(MemberGrpc.getAskMethod(), (connection) -> {
				Member member = Member.of(connection);
				asked.add(member);
				member.callBegins();
				return question;
			}).forEach((answer) -> {
				Member.find(answer.connection()).filter(asked::remove).ifPresent(Member::callEnds);
				action.accept(answer);
			});
		}
		finally {
			asked.forEach(Member::callEnds);
		}
	}

}
