package io.brpc.testing;

import java.util.List;
import java.util.stream.Stream;

import io.brpc.Wire;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What {@link OnEachWire} stands for. Immutable.
 */
final class WireInvocations implements ClassTemplateInvocationContextProvider {

	@Override
	public boolean supportsClassTemplate(ExtensionContext context) {
		return true;
	}

	@Override
	public Stream<Invocation> provideClassTemplateInvocationContexts(ExtensionContext context) {
		return Stream.of(Wire.values()).filter(TestWires::isWanted).map(Invocation::new);
	}

	/**
	 * One run of the class.
	 *
	 * @param wire what its peers speak
	 */
	record Invocation(Wire wire)
			implements
				ClassTemplateInvocationContext,
				BeforeClassTemplateInvocationCallback,
				AfterClassTemplateInvocationCallback {

		@Override
		public String getDisplayName(int invocationIndex) {
			return this.wire.protocol();
		}

		@Override
		public List<Extension> getAdditionalExtensions() {
			return List.of(this);
		}

		@Override
		public void beforeClassTemplateInvocation(ExtensionContext context) {
			TestWires.choose(this.wire);
		}

		@Override
		public void afterClassTemplateInvocation(ExtensionContext context) {
			TestWires.choose(null);
		}

	}

}
