import assert from 'node:assert/strict';
import { runsheetFormat } from '../../../src/formats/runsheet/format.js';
import { readText } from './manifest.js';

describe('the plan of the demo', () => {
  const path = 'PLAN.md';
  const { plans, problems } = runsheetFormat.read({
    path,
    text: readText('resources/demo/workspace/PLAN.md'),
  });

  it('is read without a problem', () => {
    assert.equal(plans.length, 1);
    assert.deepEqual(problems, []);
  });

  it('has a command and a check for each of its subtasks', () => {
    const subtasks = plans.flatMap(({ phases }) => phases.flatMap((phase) => phase.subtasks));
    assert.ok(subtasks.length >= 12, `${subtasks.length} subtasks`);
    for (const { id, command, checks } of subtasks) {
      assert.notEqual(command, null, id);
      assert.ok(checks.length > 0, id);
    }
  });

  it('has four phases and one gate before the last of them', () => {
    const [plan] = plans;
    assert.equal(plan?.phases.length, 4);
    assert.deepEqual(
      plan.gates.map(({ trigger }) => trigger),
      [{ type: 'after_phase', phaseKey: plan.phases[2]?.key }],
    );
  });
});
