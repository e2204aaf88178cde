package io.brpc.documentation;

import java.security.Principal;
import java.util.Map;

import io.brpc.ClientStub;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.spring.boot.test.BrpcTestClients;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NamerGrpc;
import io.grpc.ClientInterceptor;
import io.grpc.ServerCredentials;
import org.slf4j.Logger;

/**
 * What the examples of the documents take for granted around them: those that are no
 * whole class are compiled within a subclass.
 */
@SuppressWarnings("NullAway.Init")
abstract class Surroundings {

	ClientStub<NamerGrpc.NamerBlockingStub> namer;

	ConnectionRegistry connections;

	BrpcTestClients clients;

	ServerCredentials credentials;

	ClientInterceptor authentication;

	DeviceRegistry devices;

	Tokens tokens;

	NameRequest request;

	Map<ConnectionId, String> names;

	Logger log;

	interface DeviceRegistry {

		Device find(Principal certificate);

		String nameOf(Principal certificate);

	}

	record Device(String name, int floor) {
	}

	interface Tokens {

		String current();

	}

	static class NamerService extends NamerGrpc.NamerImplBase {

		NamerService(String name) {
		}

	}

}
