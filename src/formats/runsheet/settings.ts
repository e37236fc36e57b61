import { z } from 'zod';
import { noSettings, type PlanSettings, type Problem } from '../../model/plan';
import { nameChecks } from '../check-syntax';
import type { MarkdownLine } from '../markdown';
import { commonSettings, readSettings } from '../settings';
import { hintsOf } from '../spec-hints';

/** Front matter of a plan; its twin for editors is `resources/schemas/plan-front-matter.schema.json`. */
export const frontMatterShape = {
  runsheet: z.literal(1, 'this version of the plan format is not known; only 1 is'),
  title: z.string().trim().min(1).max(300),
  base: z.string().min(1).max(250),
  ...commonSettings,
};

export interface FrontMatter {
  title: string | null;
  settings: PlanSettings;
  keys: string[];
  problems: Problem[];
}

export function readFrontMatter(text: string, lines: readonly MarkdownLine[]): FrontMatter {
  const inside = lines.filter((line) => line.kind === 'front-matter').slice(1, -1);
  const [first] = inside;
  const last = inside.at(-1);
  if (first === undefined || last === undefined)
    return { title: null, settings: noSettings, keys: [], problems: [] };
  const yaml = text.slice(first.start, last.end);
  const start = { firstLine: first.number, offset: first.start };
  const { values, keys, problems } = readSettings(yaml, frontMatterShape, start);
  const settings: PlanSettings = {
    agent: values.agent ?? null,
    workers: values.workers ?? null,
    base: values.base ?? null,
    checks: nameChecks(values.checks ?? [], 'plan-check'),
    setup: values.setup ?? null,
    copy: values.copy ?? [],
    hosts: values.hosts ?? [],
    sparse: values.sparse ?? [],
    conflicts: values.conflicts ?? null,
    hints: hintsOf(values),
  };
  return { title: values.title ?? null, settings, keys, problems };
}
