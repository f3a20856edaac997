package io.github.udsboot.client.service;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.stream.Stream;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.annotation.AnnotatedMethod;

/**
 * A method of a contract as the interface declares or inherits it: with the annotations
 * of the methods that it overrides, and with the type variables of the interfaces in
 * between resolved.
 */
final class ExchangeSignature extends AnnotatedMethod {

	private final Class<?> serviceType;

	ExchangeSignature(Class<?> serviceType, Method method) {
		super(method);
		this.serviceType = serviceType;
	}

	@Override
	protected Class<?> getContainingClass() {
		return this.serviceType;
	}

	Class<?> serviceType() {
		return this.serviceType;
	}

	/**
	 * Return the class of the return type.
	 * @return the class
	 */
	Class<?> returnClass() {
		return getReturnType().getParameterType();
	}

	/**
	 * Return the return type.
	 * @return the return type, without type variables
	 * @throws InvalidExchangeException if it has a type variable
	 */
	Type returnType() {
		Type type = GenericTypeResolver.resolveType(getMethod().getGenericReturnType(), this.serviceType);
		if (hasTypeVariable(type)) {
			throw invalid("it returns " + type.getTypeName() + ", whose type is not known: declare a concrete type, "
					+ "perhaps in an interface that extends this one");
		}
		return type;
	}

	/**
	 * Return the type argument of the return type.
	 * @return the first type argument
	 * @throws InvalidExchangeException if there is none, or if it has a type variable
	 */
	Type returnTypeArgument() {
		if (returnType() instanceof ParameterizedType parameterized) {
			return parameterized.getActualTypeArguments()[0];
		}
		throw invalid("it returns " + returnClass().getSimpleName() + " of an unknown type: give its type argument");
	}

	private static boolean hasTypeVariable(Type type) {
		if (type instanceof ParameterizedType parameterized) {
			return Stream.of(parameterized.getActualTypeArguments()).anyMatch(ExchangeSignature::hasTypeVariable);
		}
		if (type instanceof WildcardType wildcard) {
			return Stream.of(wildcard.getUpperBounds()).anyMatch(ExchangeSignature::hasTypeVariable);
		}
		return (type instanceof GenericArrayType array) ? hasTypeVariable(array.getGenericComponentType())
				: type instanceof TypeVariable<?>;
	}

	InvalidExchangeException invalid(String problem) {
		return new InvalidExchangeException(this.serviceType, getMethod(), problem);
	}

	InvalidExchangeException invalid(String problem, Exception cause) {
		return new InvalidExchangeException(this.serviceType, getMethod(), problem, cause);
	}

}
