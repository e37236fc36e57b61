import { demoWorkbench } from './demo-workbench.js';

describe('a person who opens a folder with a plan', () => {
  const demo = demoWorkbench('first-look');

  it('is asked for trust, and finds Runsheet in the activity bar', async () => {
    const { workbench } = demo();
    await workbench.screenshot('trust');
    await workbench.answerTrust('trust');
    await workbench.openViewContainer('Runsheet');
    for (const title of ['Plans', 'Runs']) {
      await workbench.sideBar.getByRole('button', { name: `${title} Section` }).waitFor();
    }
    await workbench.screenshot('views');
  });
});
