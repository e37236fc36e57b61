import assert from 'node:assert/strict';
import { demoWorkbench } from './demo-workbench.js';

describe('a person who does not trust the folder', () => {
  const demo = demoWorkbench('restricted-mode');

  it('sees the plan, and nothing that would run it', async () => {
    const { workbench } = demo();
    await workbench.answerTrust('restrict');
    await workbench.openViewContainer('Runsheet');
    const plan = workbench.row(/A text statistics tool\s*0\/15/).first();
    await plan.hover();
    assert.equal(await plan.getByRole('button', { name: 'Run Plan' }).isEnabled(), false);
    await workbench.openFile('PLAN.md');
    await workbench.page.getByText('Describe the package').first().waitFor();
    assert.equal(await workbench.codeLens(/Run/).count(), 0);
    await workbench.screenshot('restricted');
  });
});
