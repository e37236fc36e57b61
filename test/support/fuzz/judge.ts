import assert from 'node:assert/strict';
import type { Random } from '../../../bench/random';
import type { PlanFormat, PlanSource } from '../../../src/formats/format';
import { toldProblems } from '../../../src/formats/reading';
import { readPlan } from '../../../src/formats/registry';
import { linesOf } from '../../../src/formats/text';
import { subtasksOf, type PlanReading } from '../../../src/model/plan';
import { askedStatuses, checkReading, checkWriting } from '../format-properties';
import { statusChange } from '../status-change';
import { pick } from './chance';
import { filesOf, sizeOf } from './files';

// What holds for every format and every text, however broken.

/** CPU time of the process that a read may take, in milliseconds. */
const mostMs = 1000;

/** Reads a source and holds the reading to its promises: in time, places, keys, its size. */
export function judgeReading(format: PlanFormat, source: PlanSource): PlanReading {
  // The processor may have done other work of this process meanwhile: only what lasts twice counts.
  const took = cpuOf(format, source);
  if (took > mostMs) {
    const again = cpuOf(format, source);
    assert.ok(again <= mostMs, `reading took ${Math.round(took)} and ${Math.round(again)} ms`);
  }
  const reading = checkReading(format, source);
  judgeSize(source, { ...reading, problems: toldProblems(reading.problems) });
  return reading;
}

/** Milliseconds of reading as the product does it; files are new objects, so nothing is kept. */
function cpuOf(format: PlanFormat, { path, text, others }: PlanSource): number {
  const fresh = new Map([...(others ?? [])].map(([name, file]) => [name, { ...file }]));
  const before = process.cpuUsage();
  readPlan({ path, text, ...(others === undefined ? {} : { others: fresh }) }, format);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const perSign = { problems: 0.1, dependencies: 0.5, text: 6 };
const free = { problems: 60, dependencies: 500, text: 4000 };

/** Subtasks that a file counts and does not name are rows without text of their own. */
const mostGenerated = 1000;

/** How much a reading holds. */
function amountsOf(reading: PlanReading): {
  problems: number;
  dependencies: number;
  text: number;
} {
  const subtasks = reading.plans.flatMap(subtasksOf);
  const owners = [...subtasks, ...reading.plans.flatMap(({ phases }) => phases)];
  let text = reading.problems.reduce((sum, { message }) => sum + message.length / 10, 0);
  const dependencies = owners.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
  const generated = new Set(subtasks.filter(({ labels }) => labels.includes('generated')));
  assert.ok(generated.size <= mostGenerated, `${generated.size} subtasks of mere counts`);
  for (const one of subtasks) {
    if (generated.has(one)) continue;
    const lists = [one.files, one.labels, one.verification].flat();
    text += [one.title, one.detail, one.id, one.key, ...lists].join('').length;
  }
  for (const plan of reading.plans) {
    text += JSON.stringify([plan.title, plan.description, plan.facts, plan.waves]).length;
    for (const phase of plan.phases) text += phase.title.length + (phase.checkpoint?.length ?? 0);
  }
  text += JSON.stringify(reading.facts).length;
  return { problems: reading.problems.length, dependencies, text };
}

/** No more than the text warrants: what it says cannot be multiplied by itself. */
function judgeSize(source: PlanSource, reading: PlanReading): void {
  const size = sizeOf(source);
  const amounts = amountsOf(reading);
  // A line may be wrong in itself, however short it is.
  const lines = filesOf(source).reduce((sum, { text }) => sum + linesOf(text).length, 0);
  for (const name of ['problems', 'dependencies', 'text'] as const) {
    const most = free[name] + perSign[name] * size + (name === 'problems' ? lines : 0);
    assert.ok(amounts[name] <= most, `${amounts[name]} ${name} of ${size} characters`);
  }
}

/** What follows from a status, as formats word it: that of others may change with it. */
const follows = ['facts', 'labels', 'notReady'];

/** Asks for a status of a subtask of any text: `checkWriting`, and edits that lie in the files. */
export function judgeWriting(
  format: PlanFormat,
  source: PlanSource,
  { plans }: PlanReading,
  random: Random,
): void {
  const withWork = plans.filter((plan) => subtasksOf(plan).length > 0);
  if (withWork.length === 0) return;
  const plan = pick(random, withWork);
  const subtask = pick(random, subtasksOf(plan));
  const status = pick(random, askedStatuses);
  const edits = format.write(source, statusChange(subtask.key, status, { plan: plan.name })) ?? [];
  for (const { path, range } of edits) {
    const text = path === source.path ? source.text : source.others?.get(path)?.text;
    assert.ok(text !== undefined, `${path} was not given`);
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
  }
  checkWriting(format, source, plan, subtask, status, { changes: follows, readBack: 'any' });
}
