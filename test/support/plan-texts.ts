import type { TextEdit } from '../../src/formats/format';
import { autoClaudeText } from './plan-texts/auto-claude';
import { autobuildrText } from './plan-texts/autobuildr';
import { beadsText } from './plan-texts/beads';
import { codebaseMcpText } from './plan-texts/codebase-mcp';
import { gsdText } from './plan-texts/gsd';
import { kiroText } from './plan-texts/kiro';
import { markdownText } from './plan-texts/markdown';
import { openspecText } from './plan-texts/openspec';
import { runsheetText } from './plan-texts/runsheet';
import { specKitText } from './plan-texts/spec-kit';
import { taskMasterText } from './plan-texts/task-master';

/** A plan of each format that uses most of what the format has. */
export const planTexts = {
  runsheet: runsheetText,
  kiro: kiroText,
  openspec: openspecText,
  'spec-kit': specKitText,
  'task-master': taskMasterText,
  gsd: gsdText,
  'auto-claude': autoClaudeText,
  autobuildr: autobuildrText,
  'codebase-mcp': codebaseMcpText,
  beads: beadsText,
  markdown: markdownText,
};

/** The text after the edits, which do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.range.start - a.range.start)
    .reduce(
      (result, { range, text: inserted }) =>
        result.slice(0, range.start) + inserted + result.slice(range.end),
      text,
    );
}
