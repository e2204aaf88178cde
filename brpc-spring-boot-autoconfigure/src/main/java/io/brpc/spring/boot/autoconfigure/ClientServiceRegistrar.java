package io.brpc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;

/**
 * Hides {@link BrpcClientService} beans from all who look for services by their type,
 * which Boot's gRPC servers do. Called while bean definitions are read, after the
 * application's own and before those of Boot's gRPC server.
 */
final class ClientServiceRegistrar implements ImportBeanDefinitionRegistrar, BeanFactoryAware {

	private @Nullable ListableBeanFactory beans;

	@Override
	public void setBeanFactory(BeanFactory beans) {
		this.beans = (ListableBeanFactory) beans;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importer, BeanDefinitionRegistry registry) {
		Assert.state(this.beans != null, "no bean factory");
		for (String name : registry.getBeanDefinitionNames()) {
			BeanDefinition definition = registry.getBeanDefinition(name);
			if (definition instanceof AbstractBeanDefinition hideable
					&& this.beans.findAnnotationOnBean(name, BrpcClientService.class, false) != null) {
				hideable.setDefaultCandidate(false);
			}
		}
	}

}
