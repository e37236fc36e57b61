import { z } from 'zod';
import { readSessionPrompt } from '../formats/codebase-mcp/session-prompt';
import { readSessionReport } from '../formats/codebase-mcp/session-report';
import type { SourceFile } from '../formats/format';
import type { Fact } from '../model/plan';
import type { ImportedWorkItem } from '../store/repositories/import-pass';
import { importedItem } from './imported-items';
import { freeNote } from './imported-notes';
import { noRows, nothingStated, type ImportSource } from './import-source';
import { shownRecord } from './imported-text';

const bare = { createdAt: null, branch: null };
const nothingSaid = { variant: null, stated: nothingStated, adjusted: [], waiting: [] };

/** A prompt as an item of the type session, with its steps and the research that it asks for. */
export function readPrompt(source: SourceFile): ImportSource {
  const { prompt, problems } = readSessionPrompt(source);
  const { title, fields, metadata, steps, research } = prompt;
  const budget = fields.token_budget ?? null;
  const fits = budget !== null && budget >= 1000 && budget <= 1_000_000;
  const session: ImportedWorkItem = {
    ...importedItem({ title, type: 'session', status: 'pending', ...bare }),
    kind: 'session_prompts',
    metadata: {
      ...{ token_budget: fits ? budget : null, prompts_count: 1 },
      frontmatter: shownRecord(metadata),
    },
  };
  const tasks = steps.map((step) => {
    const status = step.done ? 'completed' : 'pending';
    return importedItem({ title: step.title, type: 'task', status, ...bare }, 0);
  });
  const questions = research.map((name) =>
    importedItem({ title: name, type: 'research', status: 'pending', ...bare }, 0),
  );
  const without = {
    kind: 'session_prompts',
    name: session.title,
    fields: ['token_budget'],
  } as const;
  return {
    ...nothingSaid,
    kind: 'session_prompt',
    rows: { ...noRows, workItems: [session, ...tasks, ...questions] },
    missing: budget === null ? [without] : [],
    problems,
  };
}

/** A report of a session as an item of that type with its text as a note; all of it is claimed. */
export function readSession(source: SourceFile): ImportSource {
  const { facts, problems } = readSessionReport(source);
  const note = freeNote(source.path, source.text, 0);
  const { claimed = null, ...front } = facts;
  const status = isWhole(claimed) ? 'completed' : 'active';
  const branch = typeof front['branch'] === 'string' ? front['branch'] : null;
  const session: ImportedWorkItem = {
    ...importedItem({ title: note.title, type: 'session', status, createdAt: null, branch }),
    evidence: claimed === null ? null : `Tasks completed: ${JSON.stringify(claimed)}`,
    metadata: { frontmatter: shownRecord(front), extra: claimed === null ? {} : { claimed } },
  };
  return {
    ...nothingSaid,
    kind: 'session_report',
    rows: { ...noRows, workItems: [session], notes: [note] },
    missing: [],
    problems,
  };
}

const share = z.tuple([z.number(), z.number()]);

/** Whether `[done, total]` leaves nothing. */
function isWhole(claimed: Fact): boolean {
  const { data } = share.safeParse(claimed);
  return data !== undefined && data[0] === data[1];
}
