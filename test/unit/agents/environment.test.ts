import assert from 'node:assert/strict';
import { childEnvironment } from '../../../src/agents/environment';

describe('the environment of an agent', () => {
  it('has what programs need to work', () => {
    const source = {
      PATH: '/bin',
      HOME: '/home/p',
      LC_ALL: 'C',
      XDG_CACHE_HOME: '/c',
      https_proxy: 'p',
    };
    const env = childEnvironment(source, 'r1');
    assert.deepEqual({ ...env, ...source }, env);
  });

  it('carries no credentials that the agent did not ask for', () => {
    const source = {
      ANTHROPIC_API_KEY: 'a',
      OPENAI_API_KEY: 'o',
      AWS_SECRET_ACCESS_KEY: 's',
      NPM_TOKEN: 't',
    };
    const env = childEnvironment(source, 'r1', ['ANTHROPIC_*']);
    const passed = Object.keys(source).filter((name) => name in env);
    assert.deepEqual(passed, ['ANTHROPIC_API_KEY']);
  });

  it('never leads git out of the worktree, nor Node into the editor', () => {
    const source = {
      GIT_DIR: '/x',
      GIT_INDEX_FILE: '/y',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '1',
    };
    const env = childEnvironment(source, 'r1', ['*']);
    assert.deepEqual(
      Object.keys(source).filter((name) => name in env),
      [],
    );
  });

  it('keeps git from starting housekeeping of its own', () => {
    const env = childEnvironment({}, 'r1');
    assert.equal(env['GIT_CONFIG_COUNT'], '2');
    assert.equal(env['GIT_CONFIG_KEY_0'], 'gc.auto');
    assert.equal(env['GIT_CONFIG_VALUE_0'], '0');
  });

  it('carries the marker of its run, whatever its own values say', () => {
    const env = childEnvironment({ RUNSHEET_RUN_ID: 'outer' }, 'r1', [], { RUNSHEET_RUN_ID: 'x' });
    assert.equal(env['RUNSHEET_RUN_ID'], 'r1');
  });

  it('lets the values of the agent win', () => {
    assert.equal(childEnvironment({ HOME: '/a' }, 'r1', [], { HOME: '/b' })['HOME'], '/b');
  });

  it('reads names without regard to case on Windows only', () => {
    const source = { Path: 'C:\\bin', comspec: 'cmd' };
    assert.equal(childEnvironment(source, 'r1', [], {}, 'win32')['Path'], 'C:\\bin');
    assert.equal('Path' in childEnvironment(source, 'r1', [], {}, 'linux'), false);
  });
});
