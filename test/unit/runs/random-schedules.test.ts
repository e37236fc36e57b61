import fc from 'fast-check';
import { times } from '../../support/database';
import { steps } from '../../support/schedules/person';
import { planSpecs } from '../../support/schedules/random-plan';
import { Rehearsal } from '../../support/schedules/rehearsal';

const schedules = times(60, 1000);

describe('any plan under any schedule', () => {
  it(`${schedules} times passes nothing without evidence, passes no closed gate, loses nothing`, async function () {
    this.timeout(schedules * 20_000);
    const property = fc.asyncProperty(planSpecs, fc.integer(), steps, (...schedule) =>
      Rehearsal.of(...schedule),
    );
    // Each finding names its seed; to shrink it takes longer than to read it.
    await fc.assert(property, { numRuns: schedules, endOnFailure: true });
  });
});
