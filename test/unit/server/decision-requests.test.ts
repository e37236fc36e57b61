import assert from 'node:assert/strict';
import { triggerDefinitionSchema } from '../../../src/model/trigger';
import {
  decideEscalation,
  deleteRoute,
  escalateSubtask,
  listEscalations,
  listRejections,
  listRoutes,
  rejectSubtask,
  resolveRejection,
  setRoute,
} from '../../../src/protocol/decision-messages';
import type { EngineClient } from '../../../src/protocol/engine-client';
import { decideGate, listGateDecisions, openGate } from '../../../src/protocol/gate-messages';
import { subscribe } from '../../../src/protocol/messages';
import {
  decideFiring,
  deleteTrigger,
  fireTrigger,
  listTriggers,
  setTrigger,
  setWorkflow,
} from '../../../src/protocol/trigger-messages';
import { plan } from '../../support/carried-out-plan';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';
import { refused } from '../../support/refused';

const text = `${plan({ T01: [] })}- gate: Look
`;

const withEngine = (work: (engine: EngineWorld) => Promise<void>): Promise<void> =>
  EngineWorld.with({ [planPath]: text }, work);

const notify = triggerDefinitionSchema.parse({
  ...{ name: 'tell', source: { kind: 'plan' }, fires_on: 'manual', action: 'notify' },
});

/** Everything that decides, with parameters that are well made; `again`: it may let an agent run. */
function decisions(client: EngineClient, planId: string) {
  const key = 'T01';
  const rule = { planId: null, type: 'style' };
  return {
    gate: () => client.request(decideGate, { gateId: 'g', decision: 'approve', reason: '' }),
    open: () => client.request(openGate, { gateId: 'g' }),
    reject: () => client.request(rejectSubtask, { planId, key, type: 'style', reason: 'No.' }),
    resolve: () =>
      client.request(decideEscalation, {
        ...{ id: 'e', decision: 'resolve', resolution: 'x', again: true },
      }),
    route: () => client.request(setRoute, rule),
    set: () => client.request(setTrigger, notify),
    fire: () => client.request(fireTrigger, { name: 'tell' }),
    confirm: () => client.request(decideFiring, { id: 'f', decision: 'confirm' }),
  };
}

function quietDecisions(client: EngineClient, planId: string) {
  const words = { reason: 'x', to: 'person' };
  return {
    withdraw: () =>
      client.request(resolveRejection, { id: 'r', resolution: 'withdrawn', reason: 'x' }),
    escalate: () => client.request(escalateSubtask, { planId, key: 'T01', ...words }),
    acknowledge: () => client.request(decideEscalation, { id: 'e', decision: 'acknowledge' }),
    cancel: () => client.request(decideEscalation, { id: 'e', decision: 'cancel', reason: 'x' }),
    settle: () =>
      client.request(decideEscalation, {
        ...{ id: 'e', decision: 'resolve', resolution: 'x', again: false },
      }),
    deleteRoute: () => client.request(deleteRoute, { planId: null, type: 'style' }),
    delete: () => client.request(deleteTrigger, { name: 'tell' }),
    decline: () => client.request(decideFiring, { id: 'f', decision: 'decline' }),
    workflow: () => client.request(setWorkflow, { planId, type: 'w1' }),
  };
}

describe('a decision', () => {
  it('is refused to a client that a run has started', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ run: 'some-run' });
      const { planId } = engine.world.plan().entry;
      const all = { ...decisions(client, planId), ...quietDecisions(client, planId) };
      for (const act of Object.values(all)) await refused('forbidden', act());
      const { triggers } = await client.request(listTriggers, { limit: 10 });
      assert.deepEqual(triggers, []);
    }));

  it('that could let something run is refused in a workspace that is not trusted', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ trusted: false });
      const { planId } = engine.world.plan().entry;
      for (const act of Object.values(decisions(client, planId)))
        await refused('not_trusted', act());
    }));

  it('on what is not there says so', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { planId } = engine.world.plan().entry;
      const { gate, open, resolve, fire, confirm } = decisions(client, planId);
      const { withdraw, acknowledge, cancel, settle, decline } = quietDecisions(client, planId);
      const acts = [gate, open, resolve, fire, confirm, withdraw, acknowledge, cancel, settle];
      for (const act of [...acts, decline]) await refused('not_found', act());
    }));
});

describe('rejected work', () => {
  it('is told with its rounds, and waits for a person when it was too often', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { world } = engine;
      const { planId } = world.plan().entry;
      await world.carryOut({ subtasks: ['T01'] });
      await client.request(setRoute, {
        planId: null,
        type: 'taste',
        handler: 'person',
        maxRounds: 2,
      });
      const reject = () =>
        client.request(rejectSubtask, { planId, key: 'T01', type: 'taste', reason: 'No.' });
      const first = await reject();
      assert.deepEqual(
        [first.round, first.routedTo, first.status, first.escalationId, first.notStarted],
        [1, 'person', 'needs_attention', null, null],
      );
      const second = await reject();
      const { rejections } = await client.request(listRejections, { planId, key: 'T01' });
      assert.deepEqual(
        rejections.map(({ round, reason, createdBy }) => [round, reason, createdBy]),
        [
          [1, 'No.', 'person:ada'],
          [2, 'No.', 'person:ada'],
        ],
      );
      const wish = { plans: false, needs: true, runs: null, events: [] };
      const { needs } = await client.request(subscribe, wish);
      assert.deepEqual(
        needs.filter(({ kind }) => kind !== 'gate').map(({ kind, id, state }) => [kind, id, state]),
        [['escalation', second.escalationId, 'pending']],
      );
      const id = second.escalationId ?? '';
      const seen = await client.request(decideEscalation, { id, decision: 'acknowledge' });
      assert.deepEqual([seen.status, seen.subtaskKey], ['acknowledged', 'T01']);
      const words = { resolution: 'I write it.', again: false };
      await client.request(decideEscalation, { id, decision: 'resolve', ...words });
      const open = await client.request(listEscalations, { open: true, limit: 10 });
      const all = await client.request(listEscalations, { open: false, limit: 10 });
      assert.deepEqual([open.escalations.length, all.escalations.length], [0, 1]);
    }));

  it('takes the routes that are set', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const route = await client.request(setRoute, {
        ...{ planId: null, type: 'style', handler: 'person', maxRounds: 5 },
        ...{ escalateTo: 'person:grace', enabled: false },
      });
      assert.deepEqual(
        [route.handler, route.maxRounds, route.escalateTo, route.enabled, route.updatedBy],
        ['person', 5, 'person:grace', false, 'person:ada'],
      );
      await client.request(deleteRoute, { planId: null, type: 'style' });
      const { routes } = await client.request(listRoutes, {});
      assert(!routes.some(({ type }) => type === 'style'));
    }));
});

describe('a gate', () => {
  it('is decided in the round that the person saw, and tells what was decided', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { world } = engine;
      await world.start();
      await world.settled(() => world.plan().gates[0]?.state === 'open');
      const gateId = world.plan().gates[0]?.id ?? '';
      const decide = (decision: 'approve' | 'reject' | 'reopen', round: number) =>
        client.request(decideGate, { gateId, decision, reason: 'So.', round });
      const rejected = await decide('reject', 1);
      assert.deepEqual(
        [rejected.decision?.by, rejected.decision?.reason, rejected.trigger],
        ['person:ada', 'So.', 'after_phase'],
      );
      await decide('reopen', 1);
      await refused('version_conflict', decide('approve', 1));
      const subtasks = { subtasks: ['T01'] };
      const approve = { gateId, decision: 'approve' as const, reason: '' };
      await refused('validation', client.request(decideGate, { ...approve, ...subtasks }));
      await world.settled(() => world.plan().gates[0]?.state === 'open');
      await decide('approve', 2);
      const { decisions: told } = await client.request(listGateDecisions, { gateId });
      assert.deepEqual(
        told.map(({ decision, round }) => [decision, round]),
        [
          ['reject', 1],
          ['reopen', 1],
          ['approve', 2],
        ],
      );
    }));

  it('that is rejected waits for a person again when all before it is done', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { world } = engine;
      await world.start();
      await world.settled(() => world.plan().gates[0]?.state === 'open');
      const gateId = world.plan().gates[0]?.id ?? '';
      const decision = { gateId, decision: 'reject' as const, reason: 'So.' };
      await client.request(decideGate, { ...decision, subtasks: ['T01'], type: 'scope' });
      await world.settled(() => world.agent.begun.length === 2);
      await world.settled(() => world.subtask('T01').status === 'done');
      const wish = { plans: false, needs: true, runs: null, events: [] };
      const { needs } = await client.request(subscribe, wish);
      assert.deepEqual(
        needs.map(({ kind, state, detail }) => [kind, state, detail]),
        [['gate', 'rejected', 'rejected: So.']],
      );
    }));
});

describe('a trigger', () => {
  it('is saved with warnings, listed by names, fired and decided', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { planId } = engine.world.plan().entry;
      const again = triggerDefinitionSchema.parse({
        ...{ name: 'again', source: { kind: 'plan', ref: planPath }, fires_on: 'on_complete' },
        ...{ action: 'start_plan', target: planPath },
      });
      const { trigger, warnings } = await client.request(setTrigger, again);
      assert.deepEqual(
        [trigger.source, trigger.target, trigger.targetRef],
        [planPath, planPath, planId],
      );
      assert.match(warnings.join(), /again can start each other/);
      await client.request(setTrigger, notify);
      assert.equal((await client.request(fireTrigger, { name: 'tell' })).state, 'fired');
      await client.request(setWorkflow, { planId, type: 'w1_editing' });
      const typed = { ...again, source: { kind: 'plan' as const, ref: 'w1_editing' } };
      assert.equal((await client.request(setTrigger, typed)).trigger.source, 'w1_editing');
      await client.request(deleteTrigger, { name: 'again' });
      const { triggers, firings } = await client.request(listTriggers, { limit: 10 });
      assert.deepEqual(
        [triggers.map(({ name }) => name), firings.map(({ state, trigger: of }) => [of, state])],
        [['tell'], [['tell', 'fired']]],
      );
    }));
});
