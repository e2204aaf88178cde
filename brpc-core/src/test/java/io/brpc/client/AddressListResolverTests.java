package io.brpc.client;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.client.AddressListResolverProvider.HostAndPort;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AddressListResolverTests {

	private final BlockingQueue<ResolutionResult> results = new LinkedBlockingQueue<>();

	private final NameResolver.Args args = NameResolver.Args.newBuilder()
		.setDefaultPort(443)
		.setProxyDetector((target) -> null)
		.setSynchronizationContext(new SynchronizationContext((thread, failure) -> {
			throw new AssertionError(failure);
		}))
		.setServiceConfigParser(new NameResolver.ServiceConfigParser() {
			@Override
			public NameResolver.ConfigOrError parseServiceConfig(java.util.Map<String, ?> rawServiceConfig) {
				return NameResolver.ConfigOrError.fromConfig(rawServiceConfig);
			}
		})
		.setOffloadExecutor(Runnable::run)
		.build();

	@Test
	void isFoundByItsScheme() {
		assertThat(NameResolverRegistry.getDefaultRegistry().getProviderForScheme("brpc-list"))
			.isInstanceOf(AddressListResolverProvider.class);
	}

	@Test
	void addressesKeepTheirOrder() throws Exception {
		assertThat(addresses(AddressListResolverProvider.target(List.of("127.0.0.2:1", "127.0.0.1:2", "[::1]:3"))))
			.extracting(InetSocketAddress::getPort)
			.containsExactly(1, 2, 3);
	}

	@Test
	void nameThatDoesNotResolveIsLeftOut() throws Exception {
		assertThat(addresses("brpc-list:///no-such-host.invalid:1,127.0.0.1:2"))
			.containsExactly(new InetSocketAddress("127.0.0.1", 2));
	}

	@Test
	void nothingButUnknownNamesIsAFailureThatNamesOne() throws Exception {
		ResolutionResult result = resolve("brpc-list:///no-such-host.invalid:1");
		Status status = result.getAddressesOrError().getStatus();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).isEqualTo("unknown host no-such-host.invalid");
	}

	@Test
	void authorityIsTheFirstAddress() {
		NameResolver resolver = new AddressListResolverProvider()
			.newNameResolver(URI.create("brpc-list:///one.test:1,two.test:2"), this.args);
		assertThat(resolver.getServiceAuthority()).isEqualTo("one.test:1");
	}

	@Test
	void otherSchemesAreForOthers() {
		assertThat(new AddressListResolverProvider().newNameResolver(URI.create("dns:///a:1"), this.args)).isNull();
	}

	@Test
	void ipv6AddressesKeepTheirBrackets() {
		HostAndPort address = HostAndPort.parse("[::1]:9443");
		assertThat(address).isEqualTo(new HostAndPort("::1", 9443));
		assertThat(address.authority()).isEqualTo("[::1]:9443");
	}

	@ParameterizedTest
	@ValueSource(strings = { "brpc-list:///", "brpc-list:///host", "brpc-list:///host:1,", "brpc-list:///host:0" })
	void targetsThatNameNoServerAreRefused(String target) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new AddressListResolverProvider().newNameResolver(URI.create(target), this.args));
	}

	@Test
	void emptyListIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> AddressListResolverProvider.target(List.of()))
			.withMessage("no address to dial");
	}

	private List<InetSocketAddress> addresses(String target) throws InterruptedException {
		return resolve(target).getAddressesOrError()
			.getValue()
			.stream()
			.flatMap((group) -> group.getAddresses().stream())
			.map(InetSocketAddress.class::cast)
			.toList();
	}

	private ResolutionResult resolve(String target) throws InterruptedException {
		NameResolver resolver = new AddressListResolverProvider().newNameResolver(URI.create(target), this.args);
		resolver.start(new NameResolver.Listener2() {
			@Override
			public void onResult(ResolutionResult result) {
				AddressListResolverTests.this.results.add(result);
			}

			@Override
			public void onError(Status error) {
				throw new AssertionError(error);
			}
		});
		ResolutionResult result = this.results.poll(10, TimeUnit.SECONDS);
		resolver.shutdown();
		assertThat(result).isNotNull();
		return result;
	}

}
