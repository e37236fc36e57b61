import type { Gate, GateCriterion, GateTrigger, Problem, SourceRange } from '../../model/plan';
import { nameChecks, parseCheckText } from '../check-syntax';
import { Keys } from '../keys';
import { problem } from '../problems';
import { slug } from '../text';
import type { ReadPhase } from './phases';
import { fieldsOf, type Field, type Item } from './scan';

const criterionNames: ReadonlySet<string> = new Set(['criterion', 'criterion-check']);

/** Where a gate stands: its phase, and how many of the phase's subtasks are before it. */
export interface GatePlace {
  item: Item;
  phase: ReadPhase;
  before: number;
}

// Each gate lists what it blocks, so their number times the number of subtasks must stay small.
const maxGates = 100;

export function readGates(
  places: readonly GatePlace[],
  phases: readonly ReadPhase[],
  problems: Problem[],
): Gate[] {
  const below = phases.flatMap(({ subtasks }) => subtasks.flatMap(({ gates }) => gates));
  if (places.length + below.length > maxGates) {
    const line = places[0]?.item.line.number ?? below[0]?.line ?? 1;
    const message = `The plan has more than ${maxGates} gates and cannot be run. Split it.`;
    problems.push(problem('error', 'too-many-gates', { line, range: null }, message));
    return [];
  }
  const keys = new Keys();
  return [
    ...places.map((place) => readPhaseGate(place, phases, keys, problems)),
    ...readSubtaskGates(phases, keys, problems),
  ].sort((a, b) => a.line - b.line);
}

/** A gate on a line of its own: what stands before it in the phase opens it. */
function readPhaseGate(
  place: GatePlace,
  phases: readonly ReadPhase[],
  keys: Keys,
  problems: Problem[],
): Gate {
  const { item, phase, before } = place;
  const { fields } = fieldsOf(item.below, criterionNames);
  const range = { start: item.line.start, end: item.below.at(-1)?.end ?? item.line.end };
  const all = phase.subtasks.map(({ subtask }) => subtask.key);
  const later = phases.slice(phases.indexOf(phase) + 1);
  const laterKeys = later.flatMap(({ subtasks }) => subtasks.map(({ subtask }) => subtask.key));
  const last = all[before - 1];
  const read = gateBase(item.text, item.line.number, range, fields, keys, problems);
  const base = item.isCheckpoint ? checkpoint(read, problems) : read;
  const phaseKey = phase.phase.key;
  if (before === all.length && last !== undefined)
    return { ...base, trigger: { type: 'after_phase', phaseKey }, after: [], blocks: laterKeys };
  const trigger: GateTrigger =
    last === undefined
      ? { type: 'before_phase', phaseKey }
      : { type: 'after_subtask', subtaskKey: last };
  const after = all.slice(0, Math.max(0, before - 1));
  return { ...base, trigger, after, blocks: [...all.slice(before), ...laterKeys] };
}

/** Gates below a subtask: they stop what depends on it, and the later phases. */
function readSubtaskGates(phases: readonly ReadPhase[], keys: Keys, problems: Problem[]): Gate[] {
  if (!phases.some(({ subtasks }) => subtasks.some(({ gates }) => gates.length > 0))) return [];
  const dependents = dependentsOf(phases);
  return phases.flatMap(({ subtasks }, position) =>
    subtasks.flatMap(({ subtask, gates }) =>
      gates.map((field): Gate => {
        const text = field.values[0]?.text ?? `Approve ${subtask.id}`;
        const later = phases.slice(position + 1).flatMap((phase) => phase.subtasks);
        const blocked = [
          ...(dependents.get(subtask.key) ?? []),
          ...later.map((other) => other.subtask.key),
        ];
        return {
          ...gateBase(text, field.line, field.range, field.fields, keys, problems),
          trigger: { type: 'after_subtask', subtaskKey: subtask.key },
          after: [],
          blocks: [...new Set(blocked)],
        };
      }),
    ),
  );
}

function dependentsOf(phases: readonly ReadPhase[]): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const { subtask } of phases.flatMap(({ subtasks }) => subtasks)) {
    for (const { id } of subtask.dependsOn) {
      const known = dependents.get(id);
      if (known === undefined) dependents.set(id, [subtask.key]);
      else known.push(subtask.key);
    }
  }
  return dependents;
}

function gateBase(
  text: string,
  line: number,
  range: SourceRange,
  fields: readonly Field[],
  keys: Keys,
  problems: Problem[],
): Omit<Gate, 'trigger' | 'after' | 'blocks'> {
  const title = text === '' ? 'Approve' : text;
  const { key } = keys.take(`gate-${slug(title) || line}`, line);
  const criteria = fields.flatMap((field) => readCriteria(field, problems));
  return { key, id: key, title, kind: 'human', criteria, line, range };
}

/** A checkpoint is passed by its checks; where a person has to answer, it is a person's gate. */
function checkpoint<G extends Omit<Gate, 'trigger' | 'after' | 'blocks'>>(
  gate: G,
  problems: Problem[],
): G {
  const byPerson = gate.criteria.some(({ validator }) => validator === null);
  if (gate.criteria.length > 0 && !byPerson) return { ...gate, kind: 'checkpoint' };
  const what = byPerson ? 'has criteria that only a person can answer' : 'has no criterion-check';
  const message = `The checkpoint "${gate.title}" ${what}, so that a person decides it. Give it criterion-check lines only, or write gate:.`;
  problems.push(problem('warning', 'checkpoint-needs-person', gate, message));
  return gate;
}

function readCriteria(field: Field, problems: Problem[]): GateCriterion[] {
  return field.values.flatMap((value): GateCriterion[] => {
    if (field.name === 'criterion') return [{ text: value.text, validator: null }];
    if (field.name !== 'criterion-check') return [];
    const { validator, error } = parseCheckText(value.text);
    // What a person confirms is no check of ours.
    if (validator?.type === 'manual')
      return [{ text: validator.config.instruction, validator: null }];
    if (validator !== null)
      return [
        { text: value.text, validator: nameChecks([validator], 'criterion')[0] ?? validator },
      ];
    problems.push(problem('error', 'invalid-check', value, `This check cannot be run: ${error}.`));
    // Without its check the criterion stays as a question to the person: it must not vanish.
    return [{ text: value.text, validator: null }];
  });
}
