import assert from 'node:assert/strict';
import { knownAgents } from '../../../src/agents/known-agents';
import { mergeAgents } from '../../../src/agents/merge-agents';

describe('the agents of a workspace', () => {
  it('stand before the known ones', () => {
    const merged = mergeAgents([{ key: 'own', program: '/w/agent' }]);
    assert.deepEqual(
      merged.map(({ key }) => key),
      ['own', ...knownAgents.map(({ key }) => key)],
    );
    assert.deepEqual(merged[0], {
      key: 'own',
      displayName: 'own',
      transport: 'acp',
      program: '/w/agent',
      args: [],
      env: {},
      inherit: undefined,
      install: undefined,
      isOfWorkspace: true,
    });
    assert.ok(merged.slice(1).every(({ isOfWorkspace }) => isOfWorkspace === undefined));
  });

  it('take from the known agent of their key what they leave out', () => {
    const known = knownAgents.find(({ key }) => key === 'gemini');
    const merged = mergeAgents([{ key: 'gemini', program: '/opt/gemini', env: { LEVEL: '1' } }]);
    const [gemini, ...others] = merged.filter(({ key }) => key === 'gemini');
    assert.deepEqual(others, []);
    assert.deepEqual(gemini, {
      ...known,
      program: '/opt/gemini',
      env: { ...known?.env, LEVEL: '1' },
      isOfWorkspace: true,
    });
  });

  it('keep what they say themselves, also when that is nothing', () => {
    const own = { key: 'gemini', program: 'x', args: [], inherit: [], name: 'Ours' };
    const gemini = mergeAgents([own]).find(({ key }) => key === 'gemini');
    assert.deepEqual([gemini?.args, gemini?.inherit, gemini?.displayName], [[], [], 'Ours']);
  });
});
