import { z } from 'zod';
import type { AgentDefinition, AgentHost, AgentOutcome, AgentTask } from '../agents/agent';
import { commandDefinition } from '../agents/known-agents';
import type { CheckContext, Judges, Review } from '../checks/check';
import type { AgentSpec } from '../model/agent-spec';
import { messageOf } from '../model/errors';
import { troubleInAnswer } from '../model/provider-trouble';
import type { ConfigOf } from '../model/validator';
import { maskSecrets } from '../model/secrets';
import { specs } from '../store/repositories/specs';
import type { Store } from '../store/store';
import type { AgentHealth } from './agent-health';
import type { RunServices } from './assignment';
import { ReviewStory } from './review-story';
import { failedBy, notStarted, troubledAnswer, type RunEnd } from './run-end';
import { readReview, reviewPrompt } from './review-words';
import type { AgentCatalog, WorkspaceSettings } from './workspace-settings';

type Config = ConfigOf<'agent_review'>;

const startMs = 60_000;
const silenceMs = 300_000;

/**
 * Has a second agent judge work by criteria. It may read and nothing else: every permission is
 * denied, and a review that changed a file is void.
 */
export class Reviewer implements Pick<Judges, 'review'> {
  constructor(
    private readonly services: Pick<
      RunServices,
      'agentFor' | 'isAgentApproved' | 'scratchDirectory' | 'clock'
    > & { health: Pick<AgentHealth, 'problemOf' | 'troubled'> },
    private readonly store: Store,
    private readonly catalog: AgentCatalog,
    private readonly settings: () => Promise<WorkspaceSettings>,
  ) {}

  async review(config: Config, context: CheckContext): Promise<Review> {
    const spec = await this.specOf(config);
    if (spec === 'unknown') return broken(`There is no agent spec named "${config.spec}".`);
    const definition = await this.reviewerOf(config, spec, context);
    if (typeof definition === 'string') return broken(definition);
    if (!this.services.isAgentApproved(definition)) {
      const message = `Not approved: the agent ${definition.displayName} reviews only after a person has approved it.`;
      return { kind: 'skipped', message };
    }
    const { displayName, key } = definition;
    const problem = this.services.health.problemOf(key);
    if (problem !== null) return broken(`${displayName} cannot review now: ${problem}`);
    const before = await context.snapshot(context.directory);
    const story = new ReviewStory();
    const task = await this.taskOf(config, spec, context);
    const host: AgentHost = denying(story);
    const outcome = await this.services.agentFor(definition).run(task, host, context.signal);
    const after = await context.snapshot(context.directory);
    if (after !== before) {
      const message = `${displayName} changed files while it reviewed, so its judgement counts for nothing.`;
      return { kind: 'error', message, text: story.toString() };
    }
    const review = conclude(displayName, config, outcome, story);
    if (review.kind === 'error') await this.tellTrouble(definition, outcome, story);
    return review;
  }

  /** An agent that cannot work for a reason that is not in its task is left alone for a while. */
  private async tellTrouble(
    { key, transport }: AgentDefinition,
    outcome: AgentOutcome,
    story: ReviewStory,
  ): Promise<void> {
    const { clock, health } = this.services;
    const end = transport === 'command' ? null : troubleOf(outcome, story, clock.now());
    if (end?.trouble) await health.troubled(key, end.trouble, maskSecrets(end.error ?? ''));
  }

  private async specOf({ spec: name }: Config): Promise<AgentSpec | 'unknown' | null> {
    if (name === undefined) return null;
    const stored = await this.store.query(specs.byName, { name });
    return stored?.spec ?? 'unknown';
  }

  /** The agent that the check names, else its spec, else the one of the work; or why there is none. */
  private async reviewerOf(
    config: Config,
    spec: AgentSpec | null,
    context: CheckContext,
  ): Promise<AgentDefinition | string> {
    const { agent: usual } = await this.settings();
    const named = [config.agent ?? null, spec?.agent ?? null, context.reviewer, usual];
    const key = named.find((one) => one !== null && one !== commandDefinition.key) ?? null;
    if (key === null) return 'No agent is named that could review. Name one in the check: "agent".';
    const found = await this.catalog.find(key);
    if (found === null) return `There is no agent "${key}" that could review.`;
    if (found.installed) return found.definition;
    return `The agent ${found.definition.displayName}, which should review, is not installed.`;
  }

  private async taskOf(
    config: Config,
    spec: AgentSpec | null,
    context: CheckContext,
  ): Promise<AgentTask> {
    const seconds = spec?.timeout_seconds ?? config.timeout_seconds;
    const key = context.values['subtask_key'] ?? '';
    const diff = await context.diff();
    const { criteria } = config;
    return {
      // Its processes carry the marker of the checks that they belong to.
      runId: context.marker,
      subtaskId: key,
      worktree: context.directory,
      prompt: reviewPrompt({ key, criteria, diff, objective: spec?.objective ?? null }),
      subtaskJson: JSON.stringify({ review: { subtask: key, criteria } }),
      scratchDirectory: await this.services.scratchDirectory(`${context.marker}-review`),
      command: null,
      session: null,
      followUp: null,
      pause: context.pause,
      limits: { startMs, silenceMs, totalMs: seconds * 1000, permissionMs: startMs },
    };
  }
}

/** Takes down what the agent says, and denies whatever it asks for. */
function denying(story: ReviewStory): AgentHost {
  return {
    onProcess: () => Promise.resolve(),
    onReady: () => Promise.resolve(),
    onEvent: (event) => {
      story.take(event);
      return Promise.resolve();
    },
    onPermission: ({ summary, options }) => {
      story.deny(summary);
      const rejection = options.find(({ kind }) => kind.startsWith('reject'));
      return Promise.resolve(rejection?.id ?? null);
    },
  };
}

/** How a run would end that ended so, as far as that may be trouble of its agent. */
function troubleOf(
  outcome: AgentOutcome,
  { answer: text, toolCalls }: ReviewStory,
  now: number,
): RunEnd | null {
  switch (outcome.kind) {
    case 'cancelled':
      return null;
    case 'timed_out':
      return outcome.which === 'start' ? notStarted : null;
    case 'failed':
      return failedBy(outcome);
    case 'completed': {
      const trouble = troubleInAnswer({ text, toolCalls, changed: false }, now);
      return trouble === null ? null : troubledAnswer(trouble, text);
    }
  }
}

function conclude(
  agent: string,
  config: Config,
  outcome: AgentOutcome,
  story: ReviewStory,
): Review {
  const text = story.toString();
  switch (outcome.kind) {
    case 'cancelled':
      return { kind: 'skipped', message: 'Stopped before the review had ended.' };
    case 'timed_out':
      return { kind: 'error', message: `${agent} did not end its review in time.`, text };
    case 'failed':
      return { kind: 'error', message: `${agent} could not review: ${outcome.message}`, text };
    case 'completed':
      break;
  }
  try {
    const answers = readReview(story.answer, config.criteria.length);
    return { kind: 'answered', agent, answers, text };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    return { kind: 'error', message: `${agent} did not answer as it was asked: ${why}`, text };
  }
}

function broken(message: string): Review {
  return { kind: 'error', message, text: '' };
}
