import assert from 'node:assert/strict';
import { formatNamed, readPlan } from '../../../src/formats/registry';
import { convertPlan } from '../../../src/formats/convert/convert';
import { plansJson } from '../../../src/cli/plan-json';

const key = 'sk-ant-abcdefghijklmnopqrstuvwx0123456789';

describe('credentials in a plan', () => {
  const read = (name: string, path: string, text: string) => {
    const format = formatNamed(name);
    assert(format !== null);
    const reading = readPlan({ path, text }, format);
    assert(reading !== null);
    return { format, reading };
  };

  it('are in nothing that is stored, shown or printed, and ids and paths stay', () => {
    const text = `# Tasks: use ${key}
## Phase 1: with ${key}
- [ ] T001 call it with token=${key} in src/a.ts
  - export API_KEY="${key}"
  - **Verify**: curl -H "authorization: Bearer ${key}"
**Checkpoint**: ${key} works
`;
    const { format, reading } = read('spec-kit', 'specs/001-a/tasks.md', text);
    assert.ok(!JSON.stringify(reading).includes(key));
    const [plan] = plansJson({ path: 'specs/001-a/tasks.md', format, reading });
    assert.ok(!JSON.stringify(plan).includes(key));
    const [subtask] = plan?.phases[0]?.subtasks ?? [];
    assert.deepEqual([subtask?.id, subtask?.files], ['T001', ['src/a.ts']]);
    const [whole] = reading.plans;
    assert(whole !== undefined);
    assert.ok(!convertPlan(whole, 'x').text.includes(key));
  });

  it('are not in what a format knows beside the model, nor in what it says is wrong', () => {
    const tags = JSON.stringify({
      master: {
        tasks: [{ id: 1, title: 'a', status: `odd ${key}`, details: key, dependencies: [key] }],
        metadata: { description: `for ${key}` },
      },
    });
    const { reading } = read('task-master', '.taskmaster/tasks/tasks.json', tags);
    const { problems, plans } = reading;
    assert.notEqual(problems.length, 0);
    assert.ok(!JSON.stringify([problems, plans[0]?.facts, plans[0]?.description]).includes(key));
  });
});
