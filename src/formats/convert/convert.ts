import { stringify } from 'yaml';
import { leftOutReason } from '../../model/left-out';
import type { Dependency, Gate, Phase, Plan, Subtask } from '../../model/plan';
import { planOrder, type PlanOrder } from '../../model/plan-order';
import type { SubtaskStatus } from '../../model/status';
import type { Validator } from '../../model/validator';
import { readRunsheet } from '../runsheet/read';
import { markOfStatus } from '../runsheet/marks';
import { leadOfId } from '../runsheet/subtask';
import { convertedIds, type ConvertedIds } from './ids';
import { ConversionReport } from './report';

/** A plan in Runsheet's own format, and what of it that format could not take. */
export interface Conversion {
  text: string;
  /** One sentence each. */
  notCarried: string[];
}

/**
 * Writes a plan of any format as a Runsheet plan. Order that the other format only implies is
 * written out, since here it would be another. The text says at its end what could not be carried.
 * @param from what the plan was read from, for that text.
 */
export function convertPlan(plan: Plan, from: string): Conversion {
  const report = new ConversionReport();
  const writer = new PlanWriter(plan, report);
  const body = writer.text();
  const problems = readRunsheet({ path: 'converted.plan.md', text: body }).problems;
  for (const { rule, severity, message } of problems)
    if (severity === 'error') report.add(`The converted plan has a mistake: ${message}`, rule);
  const notCarried = report.lines();
  return { text: `${body}\n${remark(from, notCarried)}`, notCarried };
}

function markOf(subtask: Subtask): string {
  const isLeft = subtask.status === 'pending' && leftOutReason(subtask) !== null;
  return markOfStatus(isLeft ? 'skipped' : subtask.status);
}

/** Statuses that share the mark of another one, and are read back as that. */
const unmarked: ReadonlySet<SubtaskStatus> = new Set(['blocked', 'failed']);

function remark(from: string, lines: readonly string[]): string {
  const said =
    lines.length === 0 ? ['Everything was carried over.'] : ['Not carried over:', ...lines];
  const text = said.map((line) => line.replaceAll('--', '- -')).join('\n- ');
  return `<!-- Converted from ${from.replaceAll('--', '- -')}.\n${text}\n-->\n`;
}

class PlanWriter {
  private readonly ids: ConvertedIds;
  private readonly order: PlanOrder;

  constructor(
    private readonly plan: Plan,
    private readonly report: ConversionReport,
  ) {
    this.ids = convertedIds(plan, report);
    this.order = planOrder(plan);
  }

  text(): string {
    const { plan, report } = this;
    const placed = new Set<Gate>();
    const phases = plan.phases.map((phase) => this.phase(phase, placed));
    for (const gate of plan.gates)
      if (!placed.has(gate)) report.add('Gates that are opened by hand have no place', gate.title);
    if (plan.waves.length > 0) report.add('Declared waves: the dependencies decide', null);
    // `ids` only says in which other order the ids stand.
    for (const name of Object.keys(plan.facts))
      if (name !== 'ids') report.add('What only the other format knows', name);
    const description = plan.description === '' ? [] : [`${quoted(plan.description, '')}\n`];
    return [this.frontMatter(), ...description, ...phases].join('\n');
  }

  private frontMatter(): string {
    const { title, settings } = this.plan;
    const { agent, workers, base, setup, copy, sparse, hosts, conflicts } = settings;
    const said = {
      ...{ runsheet: 1, title: title.slice(0, 300) },
      ...(agent === null ? {} : { agent }),
      ...(workers === null ? {} : { workers }),
      ...(base === null ? {} : { base }),
      ...(setup === null ? {} : { setup }),
      ...(conflicts === null ? {} : { conflicts }),
      ...Object.fromEntries(
        Object.entries({ copy, sparse, hosts }).filter(([, all]) => all.length > 0),
      ),
      ...(settings.checks.length === 0 ? {} : { checks: settings.checks }),
    };
    return `---\n${stringify(said)}---\n`;
  }

  private phase(phase: Phase, placed: Set<Gate>): string {
    const { plan, ids, report } = this;
    const id = ids.phases.get(phase.key) ?? phase.key;
    const before = this.idsOf(this.order.phases.get(phase.key) ?? [], ids.phases, phase.title);
    if (phase.parallelSafe === false && phase.subtasks.length > 1)
      report.add('Phases that are not safe to work on in parallel: the order was written out', id);
    const lines = [
      `## ${oneLine(phase.title) || id} {#${id}}`,
      '',
      `depends: ${before.length === 0 ? 'none' : before.join(', ')}`,
      ...(phase.checkpoint === null ? [] : ['', quoted(`Checkpoint: ${phase.checkpoint}`, '')]),
      '',
      ...this.gatesAt(
        plan.gates.filter((gate) => isBefore(gate, phase)),
        placed,
      ),
      ...phase.subtasks.flatMap((subtask) => this.subtask(subtask, placed)),
      ...this.gatesAt(
        plan.gates.filter((gate) => isAfter(gate, phase)),
        placed,
      ),
    ];
    return `${lines.join('\n')}\n`;
  }

  private subtask(subtask: Subtask, placed: Set<Gate>): string[] {
    const { ids, plan, report } = this;
    const id = ids.subtasks.get(subtask.key) ?? subtask.key;
    const before = this.idsOf(this.order.subtasks.get(subtask.key) ?? [], ids.subtasks, id);
    const gates = plan.gates.filter(
      ({ trigger }) => trigger.type === 'after_subtask' && trigger.subtaskKey === subtask.key,
    );
    for (const gate of gates) placed.add(gate);
    if (subtask.notReady !== null) report.add('That something is not ready yet', id);
    const mark = markOf(subtask);
    if (unmarked.has(subtask.status))
      report.add(`That something is ${subtask.status}: it is marked [${mark}]`, id);
    const field = (name: string, values: readonly string[]) =>
      values.length === 0 ? [] : [`  - ${name}: ${values.join(', ')}`];
    return [
      `- [${mark}] ${leadOfId(id) ?? id} ${oneLine(subtask.title)}`.trimEnd(),
      ...field('depends', before),
      ...field('files', this.listed(subtask.files, id)),
      ...field('labels', this.listed(subtask.labels, id)),
      ...(subtask.optional ? ['  - optional: yes'] : []),
      ...(subtask.agent === null ? [] : [`  - agent: ${subtask.agent}`]),
      ...(subtask.command === null ? [] : [`  - run: ${commandText(subtask.command)}`]),
      ...subtask.checks.map((check) => `  - check: ${checkText(check)}`),
      ...gates.flatMap((gate) => [`  - gate: ${oneLine(gate.title)}`, ...criteria(gate, '    ')]),
      ...this.texts(subtask, id),
    ];
  }

  private texts({ detail, verification, checks }: Subtask, id: string): string[] {
    const words = checks.length === 0 ? verification : [];
    if (words.length > 0)
      this.report.add('How a subtask is verified is kept as text: it is no check', id);
    const verified = words.map((text) => `Verification: ${text}`);
    const text = [detail, ...verified].filter((part) => part.trim() !== '').join('\n');
    return text === '' ? [] : [quoted(text, '  ')];
  }

  private gatesAt(gates: readonly Gate[], placed: Set<Gate>): string[] {
    return gates.flatMap((gate) => {
      placed.add(gate);
      const word = gate.kind === 'checkpoint' ? 'checkpoint' : 'gate';
      return [`- ${word}: ${oneLine(gate.title)}`, ...criteria(gate, '  ')];
    });
  }

  private idsOf(
    dependencies: readonly Dependency[],
    known: ReadonlyMap<string, string>,
    owner: string,
  ): string[] {
    return dependencies.flatMap(({ id, kind }) => {
      if (kind === 'conflict') return [];
      const written = known.get(id);
      if (written === undefined)
        this.report.add('Dependencies on what is not there', `${owner} → ${id}`);
      return written ?? [];
    });
  }

  private listed(values: readonly string[], id: string): string[] {
    return values.map((value) => {
      const written = oneLine(value).replaceAll(',', ';');
      if (written !== value) this.report.add('Commas in paths and labels', `${id}: ${value}`);
      return written;
    });
  }
}

function isBefore({ trigger }: Gate, { key }: Phase): boolean {
  return trigger.type === 'before_phase' && trigger.phaseKey === key;
}

function isAfter({ trigger }: Gate, { key }: Phase): boolean {
  return trigger.type === 'after_phase' && trigger.phaseKey === key;
}

function criteria({ criteria: all }: Gate, indent: string): string[] {
  return all.map(({ text, validator }) =>
    validator === null
      ? `${indent}- criterion: ${oneLine(text)}`
      : `${indent}- criterion-check: ${checkText(validator)}`,
  );
}

function checkText(check: Validator): string {
  return JSON.stringify(check);
}

function commandText(command: string | readonly string[]): string {
  return typeof command === 'string' ? oneLine(command) : JSON.stringify(command);
}

/** Text that cannot be mistaken for a field, a heading or a box. */
function quoted(text: string, indent: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => `${indent}> ${line}`.trimEnd())
    .join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
