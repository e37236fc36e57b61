import assert from 'node:assert/strict';
import {
  getReport,
  importReport,
  writeProgressLog,
  writeReport,
} from '../../../src/protocol/report-messages';
import { EngineWorld } from '../../support/engine-world';
import { refused } from '../../support/refused';

const old = '## Vendors (1 total)\n- acme: operational\n';
const files = { 'old.md': old, 'demo.plan.md': '- [ ] T01 Work\n' };
const look = { path: 'old.md', apply: false, fallbackWrites: false };

describe('requests about status reports', () => {
  it('show what an import holds, and store it for a person who trusts the workspace', () =>
    EngineWorld.with(files, async (engine) => {
      using ada = await engine.connect();
      const seen = await engine.passing(ada.request(importReport, look));
      assert.deepEqual([seen.applied, seen.counts['vendors']?.created], [false, 1]);
      const apply = { ...look, apply: true, expected: seen.hash };
      assert.equal((await engine.passing(ada.request(importReport, apply))).applied, true);
      const { report, counts } = await engine.passing(ada.request(getReport, {}));
      assert.deepEqual([counts.vendors, counts.plans], [1, 1]);
      assert.match(report, /\*\*acme\*\*: operational/);
    }));

  it('write nothing for a window without trust, and nothing for a program of a run', () =>
    EngineWorld.with(files, async (engine) => {
      using guest = await engine.connect({ trusted: false });
      const [planId = ''] = engine.world.room.state.plans.keys();
      for (const [request, params] of [
        [writeReport, {}],
        [importReport, { ...look, apply: true }],
        [writeProgressLog, { planId }],
      ] as const)
        await refused(
          'not_trusted',
          engine.passing(guest.request<unknown, unknown>(request, params)),
        );
      assert.equal((await engine.passing(guest.request(importReport, look))).applied, false);
      using run = await engine.connect({ run: 'r-1' });
      await refused('forbidden', engine.passing(run.request(writeReport, {})));
      await refused('forbidden', engine.passing(run.request(importReport, look)));
    }));
});
