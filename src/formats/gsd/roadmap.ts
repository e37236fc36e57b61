import type { Problem, SourceRange } from '../../model/plan';
import { perFile, type SourceFile } from '../format';
import { boxOf, markdownLines, type Box, type MarkdownLine } from '../markdown';
import { problem } from '../problems';
import { rangeOf, slug } from '../text';
import { isBacklog, phaseKey, planRef, type PlanRef } from './ids';
import { dependenciesIn, type PhaseDependencies } from './phase-dependencies';
import { stemOf } from './paths';

export interface RoadmapPhase {
  key: string;
  title: string;
  line: number;
  range: SourceRange;
  dependsOn: PhaseDependencies;
  /** Mostly one: `- [ ] **Phase 1: Name**`. */
  boxes: Box[];
}

/** A box of a plan: `- [ ] 01-02-PLAN.md — text`. */
export interface PlanBullet {
  ref: PlanRef | null;
  /** Of the plan's file. */
  stem: string;
  box: Box;
  line: number;
}

export interface Roadmap {
  path: string;
  title: string | null;
  overview: string;
  /** In the order of their first mention. Shipped phases and ideas for later are left out. */
  phases: RoadmapPhase[];
  bullets: PlanBullet[];
  problems: Problem[];
}

export const readRoadmap = perFile(({ path, text }: SourceFile): Roadmap => {
  const all = markdownLines(text);
  const lines = withoutDetails(all);
  const reader = new RoadmapReader();
  for (const line of lines) reader.read(line);
  const title = all.find(({ heading }) => heading?.level === 1)?.heading?.title ?? null;
  return {
    path,
    title: title?.replace(/^Roadmap\s*[:—–-]\s*/i, '').trim() ?? null,
    overview: sectionBelow(lines, /^Overview$/i),
    ...{ phases: reader.phases, bullets: reader.bullets, problems: reader.problems },
  };
});

/** Shipped milestones are folded into `<details>`; their numbers may be in use again. */
function withoutDetails(all: readonly MarkdownLine[]): MarkdownLine[] {
  const lines = all.filter(({ kind }) => kind === 'text');
  const hidden = new Set<number>();
  const open: number[] = [];
  lines.forEach(({ text }, index) => {
    const trimmed = text.trim();
    if (/^<details\b/i.test(trimmed)) open.push(index);
    if (!/<\/details>/i.test(trimmed)) return;
    const start = open.pop();
    if (start !== undefined && open.length === 0)
      for (let at = start; at <= index; at += 1) hidden.add(at);
  });
  return lines.filter((_, index) => !hidden.has(index));
}

/** The text below a heading, to the next one. */
export function sectionBelow(lines: readonly MarkdownLine[], title: RegExp): string {
  const start = lines.findIndex(({ heading }) => heading !== null && title.test(heading.title));
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(({ heading }) => heading !== null);
  const section = end < 0 ? rest : rest.slice(0, end);
  return section
    .map(({ text }) => text)
    .join('\n')
    .trim();
}

class RoadmapReader {
  readonly phases: RoadmapPhase[] = [];
  readonly bullets: PlanBullet[] = [];
  readonly problems: Problem[] = [];
  private readonly byKey = new Map<string, RoadmapPhase>();
  private current: { phase: RoadmapPhase; level: number } | null = null;

  read(line: MarkdownLine): void {
    if (line.heading !== null) {
      const { level, title } = line.heading;
      const named = level >= 2 && level <= 4 ? phaseIn(title) : null;
      if (named !== null) {
        const phase = this.mention(named, line);
        this.current = phase === null ? null : { phase, level };
      } else if (level <= (this.current?.level ?? 0)) this.current = null;
      return;
    }
    const box = boxOf(line);
    if (box !== null) this.readBox(box, line);
    else this.readDependencies(line);
  }

  private readBox(box: Box, line: MarkdownLine): void {
    const named = phaseIn(box.text);
    if (named !== null) this.mention(named, line)?.boxes.push(box);
    else {
      const plan = planIn(box.text);
      if (plan !== null) this.bullets.push({ ...plan, box, line: line.number });
    }
  }

  private readDependencies(line: MarkdownLine): void {
    const match = /^\s*(?:[-*+]\s+)?\**Depends on\**:?\**\s*(.*)$/i.exec(line.text);
    const phase = this.current?.phase;
    if (match === null || phase === undefined || phase.dependsOn.state !== 'none') return;
    phase.dependsOn = dependenciesIn(match[1] ?? '', rangeOf(line));
  }

  private mention({ key, name }: NamedPhase, line: MarkdownLine): RoadmapPhase | null {
    if (isBacklog(key)) return null;
    const known = this.byKey.get(key);
    if (known === undefined) {
      const range = rangeOf(line);
      const phase: RoadmapPhase = {
        ...{ key, title: name, line: line.number, range },
        dependsOn: { state: 'none', phases: [] },
        boxes: [],
      };
      this.byKey.set(key, phase);
      this.phases.push(phase);
      return phase;
    }
    if (!sameName(known.title, name))
      this.problems.push(
        problem(
          'warning',
          'phase-number-duplicate',
          { line: line.number, range: rangeOf(line) },
          `Phase ${key} is “${known.title}” on line ${known.line} and “${name}” here. Give one of them another number, or fold shipped phases into <details>.`,
        ),
      );
    // The heading says more than the bullet above it.
    if (line.heading !== null) {
      known.line = line.number;
      known.range = rangeOf(line);
    }
    return known;
  }
}

interface NamedPhase {
  key: string;
  name: string;
}

const phaseText =
  /\bPhase\s+(\d+(?:\.\d+)*[A-Za-z]?)(?:-[A-Za-z][\w-]*(?=\**:))?\**\s*(?:\(INSERTED\)\s*)?\**\s*(?::|—|–|-{1,3}(?=\s))\s*(.*)$/i;

/** `Phase 1: Name` behind nothing but signs and `[tags]`. */
function phaseIn(text: string): NamedPhase | null {
  const head = text.slice(0, 200);
  const match = phaseText.exec(head);
  if (match === null) return null;
  const before = head.slice(0, match.index).replace(/\[[^\]]{0,40}\]/g, '');
  const key = phaseKey(match[1] ?? '');
  if (/[\p{L}\p{N}]/u.test(before) || key === null) return null;
  return { key, name: nameIn(match[2] ?? '', before.includes('**')) };
}

/** The name alone: without bold, text behind a dash, notes in parentheses, and ticks. */
function nameIn(text: string, isBold: boolean): string {
  const bold = text.indexOf('**');
  const plain = isBold && bold >= 0 ? text.slice(0, bold) : text;
  const dash = isBold && bold >= 0 ? -1 : plain.search(/\s(?:[—–]|-{1,3})\s/);
  return (dash < 0 ? plain : plain.slice(0, dash))
    .replace(/[*~_`]+/g, '')
    .replace(/\s*\([^()]*\)\s*/g, ' ')
    .replace(/[^\p{L}\p{N})"'”.!?]+$/u, '')
    .trim();
}

function sameName(one: string, other: string): boolean {
  const [a, b] = [slug(one), slug(other)];
  return a === '' || b === '' || a.startsWith(b) || b.startsWith(a);
}

/** `01-02-PLAN.md — text`, `01-02: text`, `[01-02-PLAN.md](…)`; `null` for any other text. */
function planIn(text: string): Pick<PlanBullet, 'ref' | 'stem'> | null {
  const bare = text.replace(/^[*`~_[]{1,6}/, '').replace(/^Plan\s+(?=\d)/i, '');
  const name = /^[^\s:*`\]~—–,()]+/.exec(bare)?.[0] ?? '';
  if (/^\d{4}-\d{2}-\d{2}/.test(name)) return null;
  const ref = planRef(name);
  if (ref === null && !name.endsWith('-PLAN.md')) return null;
  return { ref, stem: stemOf(name) };
}
