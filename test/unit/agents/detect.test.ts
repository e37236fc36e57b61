import assert from 'node:assert/strict';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentDefinition } from '../../../src/agents/agent';
import { AgentDetector } from '../../../src/agents/detect';
import { knownAgents } from '../../../src/agents/known-agents';
import { FakeClock } from '../../support/fake-clock';
import { systemEffects } from '../../support/recording-host';
import { withTemporaryFolder } from '../../support/temporary-folder';

const definition: AgentDefinition = {
  key: 'mine',
  displayName: 'Mine',
  transport: 'acp',
  program: 'my-agent',
  args: ['--acp'],
  env: {},
};

async function script(folder: string, text: string): Promise<string> {
  const path = join(folder, 'my-agent');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

function detector(): AgentDetector {
  const { spawn, files, clock } = systemEffects();
  return new AgentDetector(spawn, files, clock);
}

describe('the detection of agents', function () {
  this.timeout(10_000);

  it('finds the program on the PATH and asks it for its version', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = await script(folder, '[ "$*" = --version ] && echo "my-agent v1.2.3-beta (x)"');
      const environment = { PATH: `/nowhere:${folder}:/bin` };
      assert.deepEqual(await detector().detect([definition], environment), [
        { definition, path, version: '1.2.3-beta' },
      ]);
    });
  });

  it('leaves out what is not installed, and looks in no relative folder', async () => {
    const environment = { PATH: '/nowhere:.:' };
    assert.deepEqual(await detector().detect([definition, ...knownAgents], environment), []);
  });

  it('does not run an agent of the workspace to learn its version', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = await script(folder, `touch ${join(folder, 'it-ran')}; echo 1.2.3`);
      const own = { ...definition, program: path, isOfWorkspace: true };
      const found = await detector().detect([own], { PATH: '/bin:/usr/bin' });
      assert.deepEqual(found, [{ definition: own, path, version: null }]);
      assert.deepEqual(await readdir(folder), ['my-agent']);
    });
  });

  it('finds an agent that does not tell its version', async () => {
    await withTemporaryFolder(async (folder) => {
      await script(folder, 'exit 1');
      const [found] = await detector().detect([definition], { PATH: `${folder}:/bin` });
      assert.equal(found?.version, null);
    });
  });

  it('does not wait for ever', async () => {
    await withTemporaryFolder(async (folder) => {
      await script(folder, 'exec sleep 600');
      const { spawn, files } = systemEffects();
      const clock = new FakeClock();
      const patient = new AgentDetector(spawn, files, clock);
      const found = patient.detect([definition], { PATH: `${folder}:/bin` });
      while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.pass(5_000);
      assert.equal((await found)[0]?.version, null);
    });
  });

  it('remembers the answer until it is told to look again', async () => {
    await withTemporaryFolder(async (folder) => {
      const agents = detector();
      const environment = { PATH: `${folder}:/bin` };
      assert.deepEqual(await agents.detect([definition], environment), []);
      await script(folder, 'echo 1.0.0');
      assert.deepEqual(await agents.detect([definition], environment), []);
      agents.refresh();
      assert.equal((await agents.detect([definition], environment))[0]?.version, '1.0.0');
    });
  });
});

describe('the known agents', () => {
  it('have keys of their own that can be written in a plan', () => {
    const keys = knownAgents.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.match(key, /^[a-z0-9-]+$/);
  });

  it('are started without a shell and say how they are installed', () => {
    for (const { program, install } of knownAgents) {
      assert.doesNotMatch(program, /\s/);
      assert.ok(install);
    }
  });
});
