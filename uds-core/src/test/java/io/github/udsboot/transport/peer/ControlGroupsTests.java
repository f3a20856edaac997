package io.github.udsboot.transport.peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the control groups of a process say about what runs it.
 */
class ControlGroupsTests {

	private static final String ID = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

	private static final String OTHER = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

	@ParameterizedTest
	@CsvSource({ "/system.slice/nginx.service, nginx.service", "/init.scope, init.scope",
			"/system.slice/system-getty.slice/getty@tty1.service, getty@tty1.service",
			"/a.slice/a-b.slice/a-b-c.slice/x.service, x.service",
			"/user.slice/user-1000.slice/session-3.scope, session-3.scope",
			"/user.slice/user-1000.slice/user@1000.service/app.slice/x.service, user@1000.service",
			"/system.slice/nginx.service/worker/deep, nginx.service",
			"/system.slice/nginx.service/system.slice/sshd.service, nginx.service",
			"/system.slice/_cpu.service, cpu.service", "/system.slice/__x.service, _x.service",
			"/_cpu.slice/x.service, x.service",
			"/system.slice/system-systemd\\x2dfsck.slice/systemd-fsck@dev-disk-by\\x2duuid-1.service, systemd-fsck@dev-disk-by\\x2duuid-1.service",
			"/system.slice/run-user-1000.mount, run-user-1000.mount",
			"/system.slice/nginx.service (deleted), nginx.service" })
	void unitIsTheFirstNameAfterTheSlices(String path, String unit) {
		assertThat(ControlGroups.parse("0::" + path + "\n").unit()).isEqualTo(unit);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "", "/system.slice", "/system.slice/", "/-.slice", "/docker/" + ID, "/kubepods/x",
			"/system.slice/nginx", "/system.slice/.service", "/system.slice/nginx.exe", "/system.slice/ng inx.service",
			"/system.slice/@x.service", "/system.slice/x@.service", "/system.slice/x@y.slice", "/foo/x.service",
			"/system.slice/nginx@.slice/x.service", "/../nginx.service", "/../../system.slice/nginx.service",
			"/system.slice/../x.service" })
	void withoutAUnitThereIsNone(String path) {
		assertThat(ControlGroups.parse("0::" + path + "\n").unit()).isNull();
		assertThat(ControlGroups.parse("0::" + path + "\n").userUnit()).isNull();
	}

	@Test
	void nameOfAUnitIsNotLongerThanSystemdAllows() {
		String longest = "x".repeat(247) + ".service";
		assertThat(ControlGroups.parse("0::/system.slice/" + longest + "\n").unit()).isEqualTo(longest);
		assertThat(ControlGroups.parse("0::/system.slice/x" + longest + "\n").unit()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service, x.service",
			"/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome.slice/a@b.service/sub, a@b.service",
			"/user.slice/user-1000.slice/user@1000.service/init.scope, init.scope",
			"/user.slice/user-1000.slice/user@1000.service/_x.service, x.service" })
	void unitOfTheUsersManagerIsFoundInTheSameWay(String path, String unit) {
		assertThat(ControlGroups.parse("0::" + path + "\n").userUnit()).isEqualTo(unit);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user.slice/user-1000.slice/user@1000.service", "/system.slice/user@x.service/x.service",
			"/user.slice/user-1000.slice/session-3.scope/x.service", "/system.slice/user@.service/x.service",
			"/system.slice/nginx.service/user@1000.service/app.slice/x.service", "/x/user@1000.service/x.service" })
	void onlyTheManagerOfAUserHasUnitsOfTheUser(String path) {
		assertThat(ControlGroups.parse("0::" + path + "\n").userUnit()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/docker/" + ID, "/system.slice/docker-" + ID + ".scope",
			"/machine.slice/libpod-" + ID + ".scope", "/machine.slice/libpod-" + ID + ".scope/container",
			"/libpod_parent/libpod-" + ID,
			"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-" + ID + ".scope",
			"/kubepods.slice/kubepods-pod1.slice/crio-" + ID + ".scope", "/kubepods/besteffort/pod1-2/" + ID,
			"/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" + ID,
			"/docker/" + OTHER + "/docker/" + ID,
			"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + ID + ".scope", "/../" + ID,
			"/../cri-containerd-" + ID + ".scope", "/ecs/task/" + ID })
	void containerIsTheInnermost(String path) {
		assertThat(ControlGroups.parse("0::" + path + "\n").container()).isEqualTo(ID);
		assertThat(ControlGroups.parse("5:memory:" + path + "\n4:cpu:/\n").container()).isEqualTo(ID);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/docker/0123", "/docker/" + ID + "0", "/docker/x" + ID,
			"/machine.slice/libpod-conmon-" + ID + ".scope", "/kubepods.slice/crio-conmon-" + ID + ".scope",
			"/system.slice/docker-" + ID + ".service", "/system.slice/docker.service" })
	void whatIsNotTheIdOfAContainerIsNone(String path) {
		assertThat(ControlGroups.parse("0::" + path + "\n").container()).isNull();
	}

	@Test
	void scopeOfAContainerIsItsUnit() {
		ControlGroups groups = ControlGroups.parse("0::/system.slice/docker-" + ID + ".scope\n");
		assertThat(groups.unit()).isEqualTo("docker-" + ID + ".scope");
	}

	@Test
	void systemdsHierarchyOfVersion1Counts() {
		ControlGroups groups = ControlGroups
			.parse("12:memory:/system.slice/a.service\n11:cpu,cpuacct:/\n1:name=systemd:/system.slice/b.service\n");
		assertThat(groups.unit()).isEqualTo("b.service");
	}

	@Test
	void inTheHybridModeThatOfVersion2ComesFirst() {
		String hybrid = "1:name=systemd:/system.slice/v1.service\n0::/system.slice/v2.service\n";
		assertThat(ControlGroups.parse(hybrid).unit()).isEqualTo("v2.service");
		assertThat(ControlGroups.parse("1:name=systemd:/system.slice/v1.service\n0::/\n").unit())
			.isEqualTo("v1.service");
	}

	@Test
	void controllersOfVersion1DoNotNameUnits() {
		assertThat(
				ControlGroups.parse("3:memory:/system.slice/x.service\n2:name=other:/system.slice/x.service\n").unit())
			.isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n\n", "0:", "0::", "::", "0::relative", "nothing", "0:/system.slice/x.service" })
	void garbageSaysNothing(String text) {
		ControlGroups groups = ControlGroups.parse(text);
		assertThat(groups.unit()).isNull();
		assertThat(groups.userUnit()).isNull();
		assertThat(groups.container()).isNull();
	}

}
