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

  it('can run it as soon as the folder is trusted', async () => {
    const { workbench } = demo();
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.page.getByText('You trust this folder').first().waitFor();
    await workbench.openFile('PLAN.md');
    await workbench
      .codeLens(/Run plan/)
      .first()
      .waitFor();
    await workbench
      .row(/A text statistics tool/)
      .first()
      .hover();
    const run = workbench
      .row(/A text statistics tool/)
      .first()
      .getByRole('button', { name: 'Run Plan' });
    await run.click();
    await workbench.pick('Do Not Run');
    await workbench.screenshot('trusted');
  });
});
