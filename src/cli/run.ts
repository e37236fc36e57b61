import { RunsheetError } from '../model/errors';
import type { EngineClient } from '../protocol/engine-client';
import {
  approveCommands,
  changed,
  previewRun,
  startRun,
  stopRuns,
  subscribe,
} from '../protocol/messages';
import { decideGate, openGate } from '../protocol/gate-messages';
import { Mirror } from '../protocol/mirror';
import type { Delta, ExecutionView } from '../protocol/views';
import { exitCodes, type Io } from './io';
import { planAt } from './open-plan';
import { ProgressLines } from './progress-lines';

export interface RunArgs {
  /** Absolute. */
  workspace: string;
  path: string;
  subtasks: readonly string[];
  phases: readonly string[];
  workers: number | null;
  agent: string | null;
  approveCommands: boolean;
  approveGates: boolean;
  acceptClaims: boolean;
  allowDirty: boolean;
  /** Wait while a person has to decide; else end with `waits`. */
  wait: boolean;
  json: boolean;
}

/** Beside the usual codes: a person has to decide before anything goes on. */
export const waitsForPerson = 3;

/**
 * Runs a plan, a phase or subtasks and tells what happens.
 * @returns the exit code: 0 when everything asked for is proven, accepted or skipped by a person;
 * 1 when not; 3 when it waits for a person and `wait` is off.
 */
export class RunCommand {
  private readonly mirror = new Mirror();
  private readonly lines: ProgressLines;
  private executionId: string | null = null;
  private finish: (code: number) => void = () => undefined;
  private readonly decided = new Set<string>();

  constructor(
    private readonly client: EngineClient,
    private readonly args: RunArgs,
    private readonly io: Io,
  ) {
    this.lines = new ProgressLines(args.json, (text) => io.stdout(text));
  }

  async run(signal: AbortSignal): Promise<number> {
    const { workspace, path } = this.args;
    const plan = await planAt(this.client, { workspace, cwd: this.io.cwd }, path);
    for (const { severity, line, message } of plan.problems) {
      if (severity === 'error') this.lines.note('problem', `${plan.path}:${line}: ${message}`);
    }
    const scope = this.scope(plan.id);
    if (this.args.approveCommands) await this.approve(scope);
    const ended = new Promise<number>((done) => (this.finish = done));
    this.client.on(changed, (delta) => this.follow(delta, plan.id));
    const wish = { plans: true, needs: true, runs: 0, events: [] };
    this.mirror.apply(await this.client.request(subscribe, wish));
    const executionId = await this.start(scope);
    this.executionId = executionId;
    const stop = () => void this.client.request(stopRuns, { executionId }).catch(() => undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.look(plan.id);
    const lost = this.client.closed.then(() => {
      throw new RunsheetError(
        'unavailable',
        'The engine went away. Start the command again: it goes on.',
      );
    });
    return Promise.race([ended, lost]);
  }

  private async start(scope: { planId: string }): Promise<string> {
    const { workers, acceptClaims, allowDirty } = this.args;
    const options = { acceptClaims, allowDirty, ...(workers === null ? {} : { workers }) };
    try {
      return (await this.client.request(startRun, { ...scope, ...options })).executionId;
    } catch (error) {
      throw withOption(error);
    }
  }

  private scope(planId: string) {
    const { subtasks, phases, agent } = this.args;
    return {
      planId,
      ...(subtasks.length === 0 ? {} : { subtasks: [...subtasks] }),
      ...(phases.length === 0 ? {} : { phases: [...phases] }),
      ...(agent === null ? {} : { agent }),
    };
  }

  private async approve(scope: { planId: string }): Promise<void> {
    const { commands } = await this.client.request(previewRun, scope);
    const open = commands.filter((command) => !command.approved);
    if (open.length === 0) return;
    for (const { command } of open) this.lines.note('approved', command);
    const hashes = open.map(({ hash }) => hash);
    await this.client.request(approveCommands, { planId: scope.planId, hashes });
  }

  private follow(delta: Delta, planId: string): void {
    this.mirror.apply(delta);
    this.lines.tell(delta, this.mirror, planId);
    this.look(planId);
  }

  private look(planId: string): void {
    const execution =
      this.executionId === null ? undefined : this.mirror.executions.get(this.executionId);
    if (execution === undefined) return;
    if (execution.endedAt !== null) {
      this.lines.end(execution);
      this.finish(codeOf(execution));
      return;
    }
    const waits = execution.waitsForPerson;
    if (this.args.approveGates && this.approveOpenGates(planId, waits)) return;
    if (!waits) return;
    this.lines.waits(execution, this.mirror);
    if (!this.args.wait) this.finish(waitsForPerson);
  }

  /** Whether a gate is open, which is then being approved; one that is opened by hand, when all waits. */
  private approveOpenGates(planId: string, waits: boolean): boolean {
    let open = false;
    for (const gate of this.mirror.plans.get(planId)?.gates ?? []) {
      const byHand = gate.trigger === 'manual' && gate.state === 'waiting';
      const isMeant = byHand && waits && this.mirror.needs.has(gate.id);
      if (gate.state !== 'open' && !isMeant) continue;
      open = true;
      const round = `${gate.id} ${gate.round} ${gate.state}`;
      if (this.decided.has(round)) continue;
      this.decided.add(round);
      if (!byHand) this.lines.note('gate approved', gate.title);
      const decision = { gateId: gate.id, decision: 'approve' as const, reason: '' };
      const work: Promise<unknown> = byHand
        ? this.client.request(openGate, { gateId: gate.id })
        : this.client.request(decideGate, decision);
      work.catch((error: unknown) => {
        this.io.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
        this.finish(exitCodes.failed);
      });
    }
    return open;
  }
}

/** The error with the option that is the way out. */
function withOption(error: unknown): unknown {
  if (!RunsheetError.is(error)) return error;
  const option = { not_approved: '--approve-commands', dirty_tree: '--allow-dirty' } as const;
  if (error.code !== 'not_approved' && error.code !== 'dirty_tree') return error;
  const message = `${error.message}\nThe option ${option[error.code]} allows it.`;
  return new RunsheetError(error.code, message, error.details);
}

function codeOf(execution: ExecutionView): number {
  return execution.state === 'completed' ? exitCodes.ok : exitCodes.failed;
}
