package io.brpc;

import java.security.Principal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Who a client is: what a {@link ConnectionAuthenticator} found out, and what its
 * {@link BrpcConnection} says from then on.
 * <p>
 * Immutable, as far as the principal and the attributes' values are.
 *
 * @param principal who it is; null if nobody in particular
 * @param groups the groups that the connection is in from the start
 * @param attributes what is kept with the connection from the start
 */
public record ClientIdentity(@Nullable Principal principal, Set<String> groups, Map<String, Object> attributes) {

	private static final ClientIdentity ANONYMOUS = new ClientIdentity(null, Set.of(), Map.of());

	/**
	 * Copies groups and attributes.
	 * @throws NullPointerException if the principal has no name, or a group, key or value
	 * is null
	 */
	public ClientIdentity {
		if (principal != null) {
			Objects.requireNonNull(principal.getName(), "the principal's name");
		}
		groups = Set.copyOf(groups);
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Returns the identity of a client that may connect, whoever it is.
	 * @return an identity without a principal
	 */
	public static ClientIdentity anonymous() {
		return ANONYMOUS;
	}

	/**
	 * Returns the identity of a principal.
	 * @param principal who the client is
	 * @return the identity, in no group
	 */
	public static ClientIdentity of(Principal principal) {
		return new ClientIdentity(Objects.requireNonNull(principal, "principal"), Set.of(), Map.of());
	}

	/**
	 * Returns the identity of a name.
	 * @param name the name of the principal
	 * @return the identity, in no group
	 */
	public static ClientIdentity named(String name) {
		return of(new NamedPrincipal(name));
	}

	/**
	 * Returns this identity in more groups.
	 * @param groups the groups to add
	 * @return the changed identity
	 */
	public ClientIdentity withGroups(String... groups) {
		Set<String> all = new HashSet<>(this.groups);
		all.addAll(Set.of(groups));
		return new ClientIdentity(this.principal, all, this.attributes);
	}

	/**
	 * Returns this identity with one more attribute.
	 * @param key a key of {@link BrpcConnection#attributes()}
	 * @param value its value
	 * @return the changed identity
	 */
	public ClientIdentity withAttribute(String key, Object value) {
		Map<String, Object> all = new HashMap<>(this.attributes);
		all.put(key, value);
		return new ClientIdentity(this.principal, this.groups, all);
	}

	/**
	 * A principal that is nothing but its name. Immutable.
	 */
	private record NamedPrincipal(String name) implements Principal {

		NamedPrincipal {
			Objects.requireNonNull(name, "name");
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
