import assert from 'node:assert/strict';
import { Command } from 'commander';
import { z } from 'zod';
import { addDecisionCommands } from '../../../src/cli/decision-commands';
import { gated } from '../../support/carried-out-plan';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';
import { refused } from '../../support/refused';

interface Terminal {
  engine: EngineWorld;
  /** Types a command; what it printed. */
  type: (...args: string[]) => Promise<string>;
  /** The same with `--json`. */
  json: (...args: string[]) => Promise<unknown>;
  code: () => number;
}

function withTerminal(work: (terminal: Terminal) => Promise<void>): Promise<void> {
  return EngineWorld.with({ [planPath]: gated }, async (engine) => {
    using client = await engine.connect();
    const { workspace } = engine.world;
    let code = 0;
    const typed = async (args: readonly string[], json: boolean) => {
      let stdout = '';
      const io = {
        cwd: workspace,
        stdout: (out: string) => (stdout += out),
        stderr: (out: string) => (stdout += out),
      };
      const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
      addDecisionCommands(program, async (act) => {
        code = await act({ client, io, json, workspace });
      });
      await program.parseAsync(args, { from: 'user' });
      return stdout;
    };
    await work({
      engine,
      type: (...args) => typed(args, false),
      json: async (...args) => z.json().parse(JSON.parse(await typed(args, true))),
      code: () => code,
    });
  });
}

async function carriedOut({ engine: { world } }: Terminal): Promise<void> {
  await world.start();
  await world.settled(() => world.plan().gates[0]?.state === 'open');
}

const idIn = (answer: unknown, key: string): string =>
  z.record(z.string(), z.looseObject({ id: z.string() })).parse(answer)[key]?.id ?? '';

describe('runsheet reject', () => {
  it('sends work back, and tells where it went and what is held against it', () =>
    withTerminal(async (terminal) => {
      const { engine, type } = terminal;
      await carriedOut(terminal);
      const said = await type('reject', planPath, 'T01', '--type', 'style', '--reason', 'Shorter.');
      assert.equal(said, 'T01: rejected (style, round 1), to same_run, pending\n');
      await engine.world.settled(() => engine.world.subtask('T01').status === 'done');
      const list = await type('rejections', 'list', planPath, 'T01');
      assert.match(list, /^\S+ style round 1 to same_run fixed: Shorter\.\n$/);
    }));

  it('needs a reason, and work that is there', () =>
    withTerminal(async ({ type }) => {
      await assert.rejects(type('reject', planPath, 'T01'), /--reason/);
      await refused(
        'not_ready',
        type('reject', planPath, 'T01', '--reason', 'x'),
        /no work of T01/,
      );
      await refused('not_found', type('reject', planPath, 'T99', '--reason', 'x'), /T99/);
    }));

  it('can be taken back', () =>
    withTerminal(async (terminal) => {
      const { type, json } = terminal;
      await carriedOut(terminal);
      await type('reject', planPath, 'T01', '--type', 'taste', '--reason', 'x');
      const held = await json('rejections', 'list', planPath, 'T01');
      const shape = z.object({ rejections: z.array(z.object({ id: z.string() })) });
      const [{ id } = { id: '' }] = shape.parse(held).rejections;
      assert.match(await type('rejections', 'withdraw', id, '--reason', 'Mine.'), /withdrawn/);
      await refused('not_ready', type('rejections', 'override', id, '--reason', 'Mine.'));
    }));
});

describe('runsheet escalations', () => {
  it('lists what asks for a person, takes notice of it and settles it', () =>
    withTerminal(async ({ type, json, engine }) => {
      const asked = await json('escalate', planPath, 'T02', '--reason', 'Is it wanted?');
      const id = idIn(asked, 'escalation');
      assert.match(
        await type('escalations'),
        /pending T02 Do T02 \(manual, person\): Is it wanted/,
      );
      assert.match(await type('escalations', 'ack', id), /acknowledged/);
      await assert.rejects(type('escalations', 'resolve', id), /--resolution/);
      const resolve = ['escalations', 'resolve', id, '--resolution', 'It is.', '--again'];
      assert.match(await type(...resolve), /resolved/);
      await engine.world.room.state.settled();
      assert.equal(engine.world.subtask('T02').status, 'pending');
      assert.equal(await type('escalations'), '');
      assert.match(await type('escalations', '--all'), /resolved/);
      await refused('invalid_transition', type('escalations', 'cancel', id, '--reason', 'x'));
    }));
});

describe('runsheet gate', () => {
  it('rejects with the subtasks that it is about, and tells its history', () =>
    withTerminal(async (terminal) => {
      const { type, engine } = terminal;
      await carriedOut(terminal);
      const key = engine.world.plan().gates[0]?.gate_key ?? '';
      const why = ['--reason', 'Say why.', '--subtask', 'T01', '--type', 'clarity'];
      assert.match(await type('gate', key, 'reject', ...why), /Look first: rejected/);
      assert.match(await type('rejections', 'list', planPath, 'T01'), /clarity round 1/);
      assert.match(await type('gate', key, 'history'), /round 1 reject by person:ada: Say why\./);
      await refused('validation', type('gate', key, 'open'), /by itself/);
    }));
});

describe('runsheet routing', () => {
  it('lists, sets and deletes rules', () =>
    withTerminal(async ({ type }) => {
      assert.match(await type('routing'), /every plan style: same_run, 3 rounds, then person\n/);
      const set = ['routing', 'set', 'style', '--to', 'person', '--rounds', '5'];
      const to = ['--escalate-to', 'person:grace', '--no-enabled'];
      assert.equal(
        await type(...set, ...to),
        'every plan style: person, 5 rounds, then person:grace (off)\n',
      );
      assert.match(await type('routing', 'set', 'style', '--enabled'), /grace\n$/);
      assert.match(await type('routing', 'set', 'style', '--plan', planPath), /^[^e]\S+ style/);
      await type('routing', 'delete', 'style', '--plan', planPath);
      await refused('not_found', type('routing', 'delete', 'style', '--plan', planPath));
      await refused('validation', type('routing', 'set', 'style', '--to', 'nobody'), /same_run/);
      await assert.rejects(type('routing', 'set', 'style', '--rounds', '0'), /from 1 to 20/);
    }));
});

describe('runsheet triggers', () => {
  it('sets those of a file, lists them, and lets them fire', () =>
    withTerminal(async ({ type, engine, code }) => {
      const tell = { name: 'tell', source: { kind: 'plan', ref: planPath }, fires_on: 'on_fail' };
      const again = { ...tell, name: 'again', action: 'start_plan', target: planPath };
      const list = [{ ...tell, action: 'notify', config: { message: 'Look!' } }, again];
      await engine.world.write('triggers.json', JSON.stringify(list));
      const saved = await type('triggers', 'set', 'triggers.json');
      assert.match(saved, /tell: plan demo\.plan\.md on_fail → notify \(asks\)/);
      assert.match(saved, /warning: again can start each other/);
      assert.match(await type('triggers', 'fire', 'tell'), /tell fired: Look!/);
      assert.equal(code(), 0);
      assert.match(await type('triggers'), /again: [^]*tell: [^]* tell fired: Look!/);
      await type('triggers', 'delete', 'tell');
      await refused('not_found', type('triggers', 'fire', 'tell'));
      await type('triggers', 'workflow', planPath, 'w1_editing');
      assert.equal(engine.world.plan().plan.workflow_type, 'w1_editing');
    }));

  it('says what is wrong with a file', () =>
    withTerminal(async ({ type, engine }) => {
      await refused('not_found', type('triggers', 'set', 'nowhere.json'), /nowhere\.json/);
      await engine.world.write('bad.json', '{');
      await refused('validation', type('triggers', 'set', 'bad.json'), /not JSON/);
      await engine.world.write('bad.json', '{"name": "x", "when": 1}');
      await refused('validation', type('triggers', 'set', 'bad.json'), /when[^]*fires_on/);
    }));

  it('confirms and declines what has fired', () =>
    withTerminal(async ({ type, json, engine }) => {
      const first = { name: 'tell', source: { kind: 'subtask' }, fires_on: 'on_complete' };
      const tell = { ...first, action: 'notify', config: { accepted: true } };
      await engine.world.write('t.json', JSON.stringify(tell));
      await type('triggers', 'set', 't.json');
      const firing = async () => {
        const { firings } = z
          .object({ firings: z.array(z.object({ id: z.string() })) })
          .parse(await json('triggers'));
        return firings[0]?.id ?? '';
      };
      const { planId } = engine.world.plan().entry;
      const { subtaskDecisions: desk } = engine.world.room;
      for (const [key, word] of [
        ['T01', 'confirm'],
        ['T02', 'decline'],
      ] as const) {
        await desk.decide(
          { planId, subtasks: [key], phases: null, action: 'accept' as const, reason: 'Seen.' },
          'person:ada',
        );
        const end = await type('triggers', word, await firing());
        assert.match(end, word === 'confirm' ? /fired/ : /declined/);
      }
    }));
});
