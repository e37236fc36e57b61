import type { PlanReading } from '../../model/plan';
import {
  editsOf,
  type FileEdit,
  type PlanFormat,
  type PlanSource,
  type StatusChange,
} from '../format';
import { readingOf } from '../reading';
import { tickEdits } from '../ticks';
import { isOurs, kindOf, kindOfPath } from './kinds';
import { readSessionPrompt } from './session-prompt';
import { readSessionReport } from './session-report';
import { readStatusReport } from './status-report';
import { readTasks } from './tasks';

/** Task lists with bold ids, status reports, session prompts and reports of sessions. */
export const codebaseMcpFormat: PlanFormat = {
  name: 'codebase-mcp',
  title: 'codebase-mcp',
  paths: ['.project_status.md', '**/session_*.md', '**/specs/*/tasks.md'],
  home: (path) => (kindOfPath(path) === 'none' ? [] : [path]),
  parts: () => [],
  detect: isOurs,
  read,
  write,
};

function read(source: PlanSource): PlanReading {
  const kind = kindOf(source);
  switch (kind) {
    case 'tasks': {
      const { plan, problems } = readTasks(source);
      return readingOf([plan], problems, kind);
    }
    case 'session_prompt': {
      const { plan, problems } = readSessionPrompt(source);
      return readingOf(plan === null ? [] : [plan], problems, kind);
    }
    case 'project_status': {
      const { facts, problems } = readStatusReport(source.text);
      return readingOf([], problems, kind, facts);
    }
    case 'session_report': {
      const { facts, problems } = readSessionReport(source);
      return readingOf([], problems, kind, facts);
    }
    case 'none':
      return readingOf([], [], kind);
  }
}

/** The mark of a box, and nothing else. */
function write(source: PlanSource, { key, status }: StatusChange): FileEdit[] | null {
  const { box, tick } = boxOf(source, key);
  return box === null ? null : editsOf(source, tickEdits(box, status, tick));
}

function boxOf(source: PlanSource, key: string) {
  if (kindOf(source) === 'session_prompt') {
    const { boxes, tick } = readSessionPrompt(source);
    return { box: boxes.get(key) ?? null, tick };
  }
  const { tasks, tick } = readTasks(source);
  return { box: tasks.find(({ subtask }) => subtask.key === key)?.entry.box ?? null, tick };
}
