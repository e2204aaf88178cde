package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import org.springframework.core.ResolvableType;

/**
 * There is a {@code ClientStub<C>} to inject, and nothing makes stubs of type C.
 */
final class UnusableStubTypeException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private UnusableStubTypeException(String message) {
		super(message);
	}

	static UnusableStubTypeException unknown(ResolvableType clientStub) {
		return new UnusableStubTypeException("Injection of " + clientStub + ": the type of the stub is not known.");
	}

	static UnusableStubTypeException unsupported(Class<?> stubType) {
		return new UnusableStubTypeException(
				"Injection of ClientStub<" + stubType.getName() + ">: there is no StubFactory for this type.");
	}

}
