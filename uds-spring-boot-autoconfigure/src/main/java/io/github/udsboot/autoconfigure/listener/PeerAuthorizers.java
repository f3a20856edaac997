package io.github.udsboot.autoconfigure.listener;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

import io.github.udsboot.security.PeerAuthorizer;

/**
 * Finds the {@link PeerAuthorizer} bean that decides for a listener: the one that is
 * qualified with the name of the listener, or has it as its own name, and otherwise the
 * one that belongs to no particular listener.
 */
final class PeerAuthorizers {

	private final ConfigurableListableBeanFactory beanFactory;

	PeerAuthorizers(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the authorizer of a listener.
	 * @param listener the name of the listener
	 * @param listeners the names of all configured listeners
	 * @return the authorizer, {@code null} if there is none
	 * @throws AmbiguousPeerAuthorizersException if there are several: none may be
	 * ignored, as that would let peers in
	 */
	@Nullable PeerAuthorizer forListener(String listener, Collection<String> listeners) {
		List<String> own = new ArrayList<>();
		List<String> common = new ArrayList<>();
		for (String beanName : candidates()) {
			Names names = namesOf(beanName);
			if (names.contain(listener)) {
				own.add(beanName);
			}
			else if (names.qualifiers().isEmpty() && listeners.stream().noneMatch(names::contain)
					&& isDefaultCandidate(beanName)) {
				common.add(beanName);
			}
		}
		return own.isEmpty() ? single(common, null) : single(own, listener);
	}

	/**
	 * Return the beans that belong to listeners that do not exist.
	 * @param known the names of the listeners
	 * @return the qualifier of each bean, by the name of the bean
	 */
	Map<String, String> withoutListener(Collection<String> known) {
		Map<String, String> unknown = new TreeMap<>();
		for (String beanName : candidates()) {
			Names names = namesOf(beanName);
			if (!names.qualifiers().isEmpty() && known.stream().noneMatch(names::contain)) {
				unknown.put(beanName, String.join("', '", names.qualifiers()));
			}
		}
		return unknown;
	}

	private List<String> candidates() {
		List<String> candidates = new ArrayList<>();
		for (String beanName : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
				PeerAuthorizer.class)) {
			BeanDefinition definition = definition(beanName);
			if (definition == null || definition.isAutowireCandidate()) {
				candidates.add(beanName);
			}
		}
		return candidates;
	}

	private Names namesOf(String beanName) {
		Set<String> all = new LinkedHashSet<>();
		// this shows all names and qualifiers that it would accept
		BeanFactoryAnnotationUtils.isQualifierMatch((name) -> {
			all.add(name);
			return false;
		}, beanName, this.beanFactory);
		Set<String> qualifiers = new LinkedHashSet<>(all);
		qualifiers.remove(beanName);
		qualifiers.removeAll(List.of(this.beanFactory.getAliases(beanName)));
		return new Names(all, qualifiers);
	}

	private @Nullable PeerAuthorizer single(List<String> beanNames, @Nullable String listener) {
		List<String> left = beanNames;
		if (left.size() > 1) {
			List<String> primary = left.stream().filter(this::isPrimary).toList();
			left = primary.isEmpty() ? left : primary;
		}
		if (left.size() > 1) {
			throw new AmbiguousPeerAuthorizersException(listener, left);
		}
		return left.isEmpty() ? null : this.beanFactory.getBean(left.get(0), PeerAuthorizer.class);
	}

	private boolean isPrimary(String beanName) {
		BeanDefinition definition = definition(beanName);
		return definition != null && definition.isPrimary();
	}

	private boolean isDefaultCandidate(String beanName) {
		return !(definition(beanName) instanceof AbstractBeanDefinition definition) || definition.isDefaultCandidate();
	}

	private @Nullable BeanDefinition definition(String beanName) {
		try {
			return this.beanFactory.getMergedBeanDefinition(beanName);
		}
		catch (NoSuchBeanDefinitionException ex) {
			// a singleton that was registered as it is
			return null;
		}
	}

	/**
	 * What a bean can be asked for by.
	 *
	 * @param all its names and qualifiers
	 * @param qualifiers those that are not its names
	 */
	private record Names(Set<String> all, Set<String> qualifiers) {

		boolean contain(String listener) {
			return this.all.contains(listener);
		}

	}

}
