import assert from 'node:assert/strict';
import {
  checksCommand,
  confirmCommand,
  stopChecksCommand,
  verifyCommand,
} from '../../../src/cli/checks';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import { confirmCheck, listVerifications, stopChecks } from '../../../src/protocol/check-messages';
import type { EngineClient } from '../../../src/protocol/engine-client';
import { describeRun, verifySubtask } from '../../../src/protocol/messages';
import { validatorRunner } from '../../support/check-context';
import { EngineWorld } from '../../support/engine-world';
import { checkResult } from '../../support/fake-agent';
import { planPath } from '../../support/runs-world';
import { until } from '../../support/until';

const text = `- [ ] T01 One
  - check: npm test
  - check: confirm: The page is blue.
`;

/** An engine in which T01 has run, so that only a person's word is missing. */
const afterRun = (work: (engine: EngineWorld, client: EngineClient) => Promise<void>) =>
  EngineWorld.with({ [planPath]: text }, async (engine) => {
    const { world } = engine;
    const real = validatorRunner();
    world.checks.answer = (validator, context, judges) =>
      validator.type === 'test_pass'
        ? Promise.resolve({
            ...checkResult('passed'),
            details: { command: 'npm test', tail: 'all is well' },
          })
        : real.run(validator, context, judges);
    await world.carryOut();
    assert.deepEqual(world.statuses(), ['T01 needs_attention']);
    using client = await engine.connect();
    await work(engine, client);
  });

const refused = (code: ErrorCode, work: Promise<unknown>) =>
  assert.rejects(work, (error) => RunsheetError.is(error, code));

describe('asking about checks', () => {
  it('tells every verification of a subtask, newest first, with its evidence', () =>
    afterRun(async (engine, client) => {
      const { planId } = engine.world.plan().entry;
      await client.request(verifySubtask, { planId, key: 'T01' });
      const { verifications } = await client.request(listVerifications, { planId, key: 'T01' });
      assert.deepEqual(
        verifications.map(({ tree, verdict, stale }) => [tree, verdict, stale]),
        [
          // It was looked at merged, and did not stay.
          ['merged', 'unverified', true],
          ['worktree', 'unverified', false],
        ],
      );
      const [first, second] = verifications[1]?.checks ?? [];
      assert.deepEqual(
        [first?.id, first?.command, first?.tail, first?.outcome],
        ['check-1', 'npm test', 'all is well', 'passed'],
      );
      assert.deepEqual([second?.id, second?.outcome], ['check-2', 'skipped']);
      const runId = engine.world.run('T01').id;
      const described = await client.request(describeRun, { runId });
      assert.deepEqual(described.verifications, [verifications[1]]);
    }));

  it('knows no subtask that is not there', () =>
    afterRun(async (engine, client) => {
      const { planId } = engine.world.plan().entry;
      await refused('not_found', client.request(listVerifications, { planId, key: 'T99' }));
      await refused('not_found', client.request(stopChecks, { planId, key: 'T99' }));
      const nothing = { planId, key: 'T01', check: 'nope', holds: true, note: '' };
      await refused('not_found', client.request(confirmCheck, nothing));
    }));

  it('takes the word of people, and of nobody who works for them', () =>
    afterRun(async (engine, client) => {
      const { planId } = engine.world.plan().entry;
      const word = { planId, key: 'T01', check: 'check-2', holds: true, note: '' };
      using agent = await engine.connect({ run: engine.world.run('T01').id });
      await refused('forbidden', agent.request(confirmCheck, word));
      await refused('forbidden', agent.request(stopChecks, { planId }));
      await client.request(confirmCheck, word);
      const result = await client.request(verifySubtask, { planId, key: 'T01' });
      assert.equal(result.verdict, 'passed');
    }));

  it('stops a verification that goes on', () =>
    afterRun(async (engine, client) => {
      const { planId } = engine.world.plan().entry;
      const { checks } = engine.world;
      checks.answer = (_validator, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(checkResult('skipped')));
        });
      const before = checks.ran.length;
      const verifying = client.request(verifySubtask, { planId, key: 'T01', check: 'npm test' });
      await until(() => checks.ran.length > before);
      assert.deepEqual(await client.request(stopChecks, { planId, key: 'T01' }), { stopped: 1 });
      assert.equal((await verifying).verdict, 'unverified');
    }));
});

describe('the terminal', () => {
  /** What a command printed, and its exit code. */
  async function told(
    engine: EngineWorld,
    act: (asking: Parameters<typeof checksCommand>[0]) => Promise<number>,
    json = false,
  ): Promise<[string, number]> {
    using client = await engine.connect();
    const { workspace } = engine.world;
    let stdout = '';
    const io = {
      cwd: workspace,
      stdout: (out: string) => (stdout += out),
      stderr: () => undefined,
    };
    const code = await act({ client, io, json, workspace });
    return [stdout, code];
  }
  const options = { approveCommands: false };

  it('verifies, lists, and takes a word; its exit code is the verdict', () =>
    afterRun(async (engine) => {
      const first = await told(engine, (ask) => verifyCommand(ask, planPath, 'T01', options));
      assert.deepEqual(
        [first[1], /T01: unverified\. .*The page is blue/.test(first[0])],
        [1, true],
      );
      const [listed] = await told(engine, (ask) => checksCommand(ask, planPath, 'T01'));
      assert.match(listed, /merged [0-9a-f]{12}: unverified, stale/);
      assert.match(listed, /skipped {2}check-2 {2}confirm: The page is blue\./);
      const word = { no: false, note: 'Seen.' };
      const [said] = await told(engine, (ask) =>
        confirmCommand(ask, [planPath, 'T01', 'check-2'], word),
      );
      assert.match(said, /confirmed.*runsheet verify/);
      const last = await told(engine, (ask) => verifyCommand(ask, planPath, 'T01', options), true);
      assert.equal(last[1], 0);
      assert.match(last[0], /"verdict":"passed"/);
      const one = { ...options, check: 'npm test' };
      const alone = await told(engine, (ask) => verifyCommand(ask, planPath, 'T01', one));
      assert.deepEqual(alone, ['T01: passed. Its check passed.\n', 0]);
      const stop = await told(engine, (ask) => stopChecksCommand(ask, planPath, undefined));
      assert.deepEqual(stop, ['0 checks stopped\n', 0]);
    }));

  it('approves what the checks run, when it is told to', () =>
    EngineWorld.with({ [planPath]: text }, async (engine) => {
      const verify = (approveCommands: boolean) =>
        told(engine, (ask) => verifyCommand(ask, planPath, 'T01', { approveCommands }));
      await refused('not_approved', verify(false));
      assert.equal((await verify(true))[1], 0);
    }));
});
