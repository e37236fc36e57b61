import type { Mirror } from '../protocol/mirror';
import type { Delta, ExecutionView, RunView, SubtaskView } from '../protocol/views';

/** The progress of a plan as lines: for people, or one JSON event per line. */
export class ProgressLines {
  private readonly statuses = new Map<string, string>();
  private readonly runs = new Map<string, string>();
  private waiting = '';

  constructor(
    private readonly json: boolean,
    private readonly print: (text: string) => void,
  ) {}

  tell(delta: Delta, mirror: Mirror, planId: string): void {
    for (const run of delta.runs) if (run.planId === planId) this.run(run);
    for (const subtask of delta.subtasks) {
      if (subtask.planId === planId) this.subtask(subtask, mirror);
    }
  }

  note(what: string, text: string): void {
    if (this.json) this.event({ event: what.replace(' ', '_'), text });
    else this.print(`${what}: ${text}\n`);
  }

  end({ state, message }: ExecutionView): void {
    if (this.json) this.event({ event: 'execution', state, waitsForPerson: false, message });
    else this.print(`${state}: ${message ?? ''}\n`);
  }

  /** What waits for a person, once, and how to answer. */
  waits({ planId, state, message }: ExecutionView, mirror: Mirror): void {
    const gates = (mirror.plans.get(planId)?.gates ?? []).flatMap(({ key, title, state: at }) => {
      if (at !== 'open' && at !== 'rejected') return [];
      const words = at === 'open' ? 'approve|reject --reason TEXT' : 'reopen --reason TEXT';
      return [`gate "${title}" (${at}): runsheet gate ${key} ${words}`];
    });
    const permissions = [...mirror.needs.values()].flatMap((need) => {
      if (need.kind !== 'permission' || need.planId !== planId) return [];
      const options = need.options.map(({ id }) => id).join('|');
      return [`permission "${need.title}": runsheet answer ${need.id} ${options}`];
    });
    const path = mirror.plans.get(planId)?.path ?? '';
    const words = [...mirror.subtasks.values()].flatMap((subtask) => {
      if (subtask.planId !== planId || subtask.status !== 'needs_attention') return [];
      const { key, statusReason } = subtask;
      return [`${key}: ${statusReason ?? ''} See runsheet checks list ${path} ${key}`];
    });
    const open = [...gates, ...permissions, ...words];
    if (open.join() === this.waiting) return;
    this.waiting = open.join();
    if (this.json) this.event({ event: 'execution', state, waitsForPerson: true, message });
    else for (const line of open) this.print(`waits for you: ${line}\n`);
  }

  private run(run: RunView): void {
    const { id, subtaskKey, state, outcome, verdict, agentKey, attempt } = run;
    const now = `${state}/${outcome ?? ''}/${verdict ?? ''}`;
    if (this.runs.get(id) === now) return;
    this.runs.set(id, now);
    if (this.json) {
      this.event({
        event: 'run',
        run: id,
        subtask: subtaskKey,
        ...{ agent: agentKey, attempt, state, outcome, verdict },
        error: run.error,
      });
    } else if (state === 'running' || state === 'waiting') {
      this.print(`  ${subtaskKey} ${state} (${agentKey}, attempt ${attempt})\n`);
    }
  }

  private subtask(subtask: SubtaskView, mirror: Mirror): void {
    const { id, key, status, proof, statusReason, title } = subtask;
    const before = this.statuses.get(id);
    this.statuses.set(id, status);
    const quiet = status === 'pending' || status === 'in_progress' || status === 'in_review';
    if (before === status || (before === undefined && quiet)) return;
    if (this.json) {
      this.event({ event: 'subtask', subtask: key, status, proof, reason: statusReason });
      return;
    }
    if (quiet) return;
    const counts = mirror.plans.get(subtask.planId)?.counts;
    const progress = counts === undefined ? '' : ` [${counts.done}/${counts.total}]`;
    const word = proof ?? status.replace('_', ' ');
    const reason = statusReason === null || status === 'done' ? '' : `: ${statusReason}`;
    this.print(`${mark(status)} ${key} ${word}${progress} ${title}${reason}\n`);
  }

  private event(event: Readonly<Record<string, unknown>>): void {
    this.print(`${JSON.stringify(event)}\n`);
  }
}

function mark(status: SubtaskView['status']): string {
  if (status === 'done') return '✓';
  return status === 'failed' || status === 'needs_attention' ? '✗' : '·';
}
