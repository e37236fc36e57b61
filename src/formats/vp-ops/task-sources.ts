import type { Dependency, Phase, Problem, Subtask } from '../../model/plan';
import type { Keys } from '../keys';
import { problem } from '../problems';
import { leafOf } from './build';
import { placeOf } from './document';
import type { EngineeringDocument } from './engineering';
import { labelsOf, tasksByMilestone } from './log-plan';
import type { Batch } from './ops';
import type { SessionFiles } from './session-files';
import { statusOfLogged, type LoggedTask, type SessionRows } from './session-rows';
import { taskLabel } from './task-cell';

/** What the files say of a task, by the number that batches name it with. */
export class TaskSources {
  private readonly logged = new Map<string, LoggedTask>();
  private readonly entries = new Map<string, string[]>();
  private readonly written = new Map<string, EngineeringDocument['tasks'][number]>();
  private readonly keyOfLabel = new Map<string, string>();

  constructor(private readonly files: SessionFiles) {
    for (const task of files.log?.rows.tasks ?? [])
      if (task.label !== null) this.logged.set(task.label, task);
    for (const { number, entries } of files.log?.rows.batches ?? [])
      this.entries.set(String(number), entries);
    for (const task of files.engineering?.tasks ?? [])
      if (!this.written.has(task.title)) this.written.set(task.title, task);
  }

  leavesOf(batch: Batch, keys: Keys): Subtask[] {
    const whole = { line: batch.line.number, range: batch.cell.range };
    const references =
      batch.tasks?.map(({ id, remark, range, idRange }) => {
        return { id, remark, at: { line: batch.line.number, range }, idRange };
      }) ?? this.loggedEntries(batch.id)?.map((one) => ({ ...one, at: whole, idRange: null }));
    if (references === undefined) {
      const { key } = keys.take(batch.id, batch.line.number);
      return [leafOf({ key, id: batch.id, title: batch.name, detail: batch.cell.text, ...whole })];
    }
    return references.map(({ id, remark, at, idRange }) => {
      const { key } = keys.take(id, at.line);
      if (!this.keyOfLabel.has(id)) this.keyOfLabel.set(id, key);
      return this.leaf({ key, id, remark }, at, idRange);
    });
  }

  /** The tasks of a batch as the log lists them; `undefined` where that is free text, too. */
  private loggedEntries(batch: string): { id: string; remark: string | null }[] | undefined {
    const labels = this.entries.get(batch)?.map(taskLabel) ?? [];
    const found = labels.filter((label) => label !== null);
    return found.length > 0 && found.length === labels.length ? found : undefined;
  }

  private leaf(
    { key, id, remark }: { key: string; id: string; remark: string | null },
    at: Pick<Subtask, 'line' | 'range'>,
    idRange: Subtask['idRange'],
  ): Subtask {
    const named = this.files.ops.named.get(id);
    const task = this.logged.get(id);
    const title = named?.title ?? task?.title ?? remark ?? `Task ${id}`;
    const written = this.written.get(title);
    const about = [remark === title ? null : remark, task?.description ?? written?.description];
    const theme = named === undefined ? [] : [`phase:${named.theme}`];
    const labels = [...theme, ...(task === undefined ? [] : labelsOf(task))];
    return leafOf({
      ...{ key, id, title, ...at, idRange },
      detail: about.filter((text) => (text ?? '') !== '').join('\n'),
      status: statusOfLogged(task?.status ?? null),
      fileStatus: task?.status ?? null,
      files: task?.files ?? written?.files ?? [],
      labels: [...new Set(labels)],
      verification: [task?.verification ?? null].filter((text) => text !== null),
    });
  }

  /** The edges of the log, by the numbers of the tasks. */
  link(phases: readonly Phase[], problems: Problem[]): void {
    const { log, ops: own } = this.files;
    if (log === null) return;
    const labels = new Map(log.rows.tasks.map(({ id, label }) => [id, label ?? id]));
    for (const subtask of phases.flatMap(({ subtasks }) => subtasks)) {
      const ids = this.logged.get(subtask.id)?.dependencies ?? [];
      subtask.dependsOn = [...new Set(ids)].map((id): Dependency => {
        const label = labels.get(id) ?? id;
        return { id: this.keyOfLabel.get(label) ?? label, kind: 'declared', range: null };
      });
    }
    if (own.named.size > 0 || own.batches.some(({ tasks }) => tasks === null)) return;
    const at = own.batches[0]?.line;
    if (at === undefined) return;
    for (const label of this.logged.keys())
      if (!this.keyOfLabel.has(label)) {
        const message = `Task ${label} of the log is in no batch and would never be done. Add it to one.`;
        problems.push(problem('error', 'task-not-scheduled', placeOf(at), message));
      }
  }

  milestones(logged: SessionRows): Map<string, string[]> {
    return tasksByMilestone(logged, ({ label }) => this.keyOfLabel.get(label ?? '') ?? null);
  }
}
