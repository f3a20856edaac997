package io.github.udsboot.reliability;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests that the table of faults names are there.
 */
class FaultTableTests {

	@Test
	void everyFaultHasTestsThatAreThere() {
		assertThat(FaultTable.FAULTS).extracting(Fault::name).doesNotHaveDuplicates();
		for (Fault fault : FaultTable.FAULTS) {
			assertThat(fault.trials()).as(fault.name()).isNotEmpty().allSatisfy(FaultRun::method);
		}
	}

}
