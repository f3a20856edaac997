#!/usr/bin/env bash
# Spring Boot 4.1.2, spring-boot-starter-actuator without Spring Security: an application that defines an
# AuditEventRepository bean, as the documentation of auditing asks for, does not start. AuditAutoConfiguration creates an
# authenticationAuditListener although the classes of Spring Security that it listens to are absent, and fails with
# NoClassDefFoundError. Without the bean, and with spring-security-core on the class path, it starts.
#
# Why it matters: audit events of one's own (AuditApplicationEvent: a connection that was refused, a file that was taken)
# need no Spring Security, and an application that has none cannot have a repository for them.
#
# Seen on Linux 6.18, x86_64, JDK 17 and 25. Needs a JDK.
set -euo pipefail
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cat > "$work/pom.xml" << 'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
	<modelVersion>4.0.0</modelVersion>
	<parent>
		<groupId>org.springframework.boot</groupId>
		<artifactId>spring-boot-starter-parent</artifactId>
		<version>4.1.2</version>
		<relativePath/>
	</parent>
	<groupId>finding</groupId>
	<artifactId>audit</artifactId>
	<version>1</version>
	<dependencies>
		<dependency>
			<groupId>org.springframework.boot</groupId>
			<artifactId>spring-boot-starter-actuator</artifactId>
		</dependency>
	</dependencies>
</project>
XML
"$project/mvnw" -B -ntp -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$work/lib"
"$project/mvnw" -B -ntp -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=org.springframework.security:spring-security-core:7.1.2 -DoutputDirectory="$work/security"

mkdir "$work/classes"
cat > "$work/Audited.java" << 'JAVA'
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Audited {

	@Bean
	@ConditionalOnProperty("repository")
	AuditEventRepository repository() {
		return new InMemoryAuditEventRepository();
	}

	public static void main(String[] args) {
		SpringApplication.run(Audited.class, args).close();
		System.out.println("started");
	}

}
JAVA
javac -nowarn -proc:none -d "$work/classes" -cp "$work/lib/*" "$work/Audited.java"

run() {
    java -cp "$work/classes:$work/lib/*$1" Audited --spring.main.banner-mode=off --logging.level.root=error $2 2>&1 || true
}
without="$(run "" "")"
repository="$(run "" --repository=true)"
secured="$(run ":$work/security/*" --repository=true)"
echo "no repository:                        $(tail -1 <<< "$without")"
echo "a repository:                         $(grep -o 'NoClassDefFoundError: [A-Za-z/.]*' <<< "$repository" | tail -1)"
echo "a repository and spring-security-core: $(tail -1 <<< "$secured")"
[ "$(tail -1 <<< "$without")" = started ]
grep -q 'NoClassDefFoundError: org/springframework/security/' <<< "$repository"
[ "$(tail -1 <<< "$secured")" = started ]
