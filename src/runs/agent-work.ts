import { isDeepStrictEqual } from 'node:util';
import type { AgentOutcome } from '../agents/agent';
import { commandDefinition } from '../agents/known-agents';
import { withoutDerivation } from '../model/agent-spec';
import { troubleInAnswer } from '../model/provider-trouble';
import { toolGuidance } from '../model/tool-ruling';
import { displayCommand, type CommandText } from '../model/validator';
import { RunsheetError } from '../model/errors';
import type { RunWorktree } from '../workspaces/workspace';
import { runs } from '../store/repositories/runs';
import { RunAgentHost } from './agent-host';
import type { Assignment, RunServices } from './assignment';
import { BudgetWatch } from './budget-watch';
import { Pausing } from './pausing';
import { buildPrompt, followUpPrompt, subtaskJson, type PromptSource } from './prompt';
import type { RunControl } from './run-control';
import { failedBy, notStarted, troubledAnswer, violated, type RunEnd } from './run-end';
import type { RunRecord } from './run-record';
import type { RunStory } from './run-meter';
import { usedInSession } from './session-usage';
import { ToolGuard } from './tool-guard';

/** What is left when the agent has stopped working. */
export type WorkEnd =
  /** There is work to look at, whoever or whatever ended it. */
  | {
      kind: 'work';
      timedOut: 'silence' | 'total' | null;
      overBudget: string | null;
      /** How often a person, or nobody in time, did not allow what the agent asked for. */
      denials: number;
    }
  | { kind: 'cancelled' }
  /** Nothing to look at: the run ends so. */
  | { kind: 'end'; end: RunEnd; hasBegun: boolean };

/** Lets the agent of one run work in its worktree, within its policy and budgets. */
export class AgentWork {
  constructor(
    private readonly assignment: Assignment,
    private readonly services: RunServices,
    private readonly control: RunControl,
    private readonly record: RunRecord,
  ) {}

  async carryOut(worktree: RunWorktree, folder: string): Promise<WorkEnd> {
    const { assignment, services, control } = this;
    const { clock, log, store } = services;
    using pausing = new Pausing(this.record, control.pause, store, clock, log);
    using budget = new BudgetWatch(assignment, services, this.record);
    const stopper = new AbortController();
    const violations: string[] = [];
    void budget.exhausted.then(() => stopper.abort());
    const { definition, spec, run } = assignment;
    const host = new RunAgentHost(run.id, services, {
      guard: new ToolGuard(spec.tool_policy, folder, services.files),
      definition,
      onReady: () => pausing.look(),
      onUse: (use) => budget.take(use),
      onViolation: (what) => {
        violations.push(what);
        stopper.abort();
      },
    });
    const signal = AbortSignal.any([control.signal, stopper.signal]);
    const task = await this.task(folder);
    const outcome = await services.agentFor(assignment.definition).run(task, host, signal);
    // What was frozen at its end is no more.
    await control.pause.whenGoing(control.signal);
    await pausing.settled();
    const { kind, ...details } = outcome;
    const { story } = host;
    const { turns } = story;
    const denials = denialsIn(outcome, story);
    const told = { outcome: kind, ...details, denials, usage: host.used, turns };
    await this.record.event('turn_complete', told);
    if (control.signal.aborted) return { kind: 'cancelled' };
    const [violation] = violations;
    const hasBegun = story.toolCalls > 0;
    if (violation !== undefined) return { kind: 'end', end: violated(violation), hasBegun };
    if (budget.why !== null)
      return { kind: 'work', timedOut: null, overBudget: budget.why, denials: 0 };
    const end = await this.judge(outcome, worktree, story);
    return end;
  }

  private async judge(
    outcome: AgentOutcome,
    worktree: RunWorktree,
    story: RunStory,
  ): Promise<WorkEnd> {
    const { text, toolCalls } = story;
    const hasBegun = toolCalls > 0;
    switch (outcome.kind) {
      case 'cancelled':
        return { kind: 'cancelled' };
      case 'failed':
        return { kind: 'end', end: failedBy(outcome), hasBegun };
      case 'timed_out':
        if (outcome.which === 'start') return { kind: 'end', end: notStarted, hasBegun };
        return { kind: 'work', timedOut: outcome.which, overBudget: null, denials: 0 };
      case 'completed': {
        const changed = (await worktree.changedPaths()).length > 0;
        const trouble = troubleInAnswer({ text, toolCalls, changed }, this.services.clock.now());
        if (trouble !== null) return { kind: 'end', end: troubledAnswer(trouble, text), hasBegun };
        const denials = denialsIn(outcome, story);
        return { kind: 'work', timedOut: null, overBudget: null, denials };
      }
    }
  }

  private async task(folder: string) {
    const { assignment, services, control } = this;
    const source = this.source();
    const { previous, startedBy } = assignment;
    const sameAgent = previous?.agent_key === assignment.definition.key;
    const session = sameAgent ? previous.agent_session : null;
    const earlier = await services.store.query(runs.ofSubtask, assignment.subtask.id);
    return {
      runId: assignment.run.id,
      subtaskId: assignment.subtask.id,
      worktree: folder,
      prompt: buildPrompt(source),
      subtaskJson: subtaskJson(source),
      scratchDirectory: await services.scratchDirectory(assignment.run.id),
      command: this.ownCommand(),
      session,
      sessionUsage: usedInSession(earlier, session),
      followUp: startedBy === null ? null : followUpPrompt(startedBy),
      pause: control.pause,
      limits: assignment.limits,
    };
  }

  private source(): PromptSource {
    const { plan, planPath, phase, subtask, dependencies, spec, startedBy } = this.assignment;
    return {
      ...{ plan, planPath, phase, subtask, dependencies },
      checks: spec.acceptance.validators,
      objective: this.assignment.isDerived ? null : spec.objective,
      context: contextOf(this.assignment),
      tools: toolGuidance(spec.tool_policy),
      guidance: startedBy?.guidance ?? null,
    };
  }

  /** What was approved at the start may have been written anew since, in the plan or in runsheet.yml. */
  refuseUnapproved(): void {
    const { assignment, services } = this;
    const command = this.ownCommand();
    const isApproved =
      (command === null || services.isApproved(command)) &&
      services.isAgentApproved(assignment.definition);
    if (isApproved) return;
    const what = command === null ? assignment.definition.displayName : displayCommand(command);
    throw new RunsheetError(
      'not_approved',
      `Nobody has approved what this subtask would run now: ${what}. Run it again to look at it.`,
    );
  }

  /** The subtask's own command, where that is what carries it out. */
  private ownCommand(): CommandText | null {
    const { definition, subtask } = this.assignment;
    return definition.key === commandDefinition.key ? subtask.command : null;
  }
}

/** What the policy refused was not done, so that the checks judge whether the work is whole. */
function denialsIn(outcome: AgentOutcome, { policyDenials }: RunStory): number {
  return outcome.kind === 'completed' ? Math.max(0, outcome.permissionDenials - policyDenials) : 0;
}

/** What a person's spec tells beside what the prompt says anyway. */
function contextOf({ spec, isDerived, plan, planPath, subtask }: Assignment): string | null {
  const { files, labels } = subtask;
  const known = new Map<string, unknown>(
    Object.entries({ plan: plan.title, path: planPath, files, labels }),
  );
  const news = Object.entries(withoutDerivation(spec).context).filter(
    ([key, value]) => !isDeepStrictEqual(value, known.get(key)),
  );
  return isDerived || news.length === 0 ? null : JSON.stringify(Object.fromEntries(news), null, 2);
}
