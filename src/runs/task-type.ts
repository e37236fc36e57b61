import type { TaskType } from '../model/agent-spec';
import type { Ruled } from '../model/hint-layers';
import type { Subtask } from '../model/plan';

const labels: ReadonlyMap<string, TaskType> = new Map([
  ...['coding', 'code', 'feature', 'feat', 'bug', 'bugfix', 'fix'].map(
    (word) => [word, 'coding'] as const,
  ),
  ...['testing', 'test', 'tests', 'e2e', 'qa'].map((word) => [word, 'testing'] as const),
  ...['refactoring', 'refactor', 'cleanup'].map((word) => [word, 'refactoring'] as const),
  ...['documentation', 'docs', 'doc'].map((word) => [word, 'documentation'] as const),
  ...['audit', 'review', 'research', 'investigation'].map((word) => [word, 'audit'] as const),
  ['custom', 'custom'],
]);

// What the work begins with says most: "Review the parser" is an audit, "Add a review form" is not.
const verbs: readonly [RegExp, TaskType][] = [
  [
    /^(?:(?:security |code |accessibility |performance )?(?:audit|review)|investigate|inspect|assess|analy[sz]e|research)\b/i,
    'audit',
  ],
  [
    /^(?:refactor|rename|extract|restructure|reorgani[sz]e|simplify|deduplicate|clean(?: |-)?up|tidy)\b/i,
    'refactoring',
  ],
  [
    /^(?:document\b|(?:write|draft|update|extend|improve|add|create) (?:the |an? |\w+ )?(?:documentation|docs|readme|changelog|tutorial|user guide)\b)/i,
    'documentation',
  ],
  [
    /^(?:test\b|verify\b|(?:write|add|create|extend|improve|update|fix|implement|run) (?:(?!for\b|to\b|in\b)[\w/-]+ ){0,3}tests?\b(?! (?:runner|data|fixture|helper|harness|command|page|server|environment))|cover\b)/i,
    'testing',
  ],
];
// Then what is made, wherever it stands.
const things: readonly [RegExp, TaskType][] = [
  [
    /\b(?:unit|integration|e2e|end-to-end|regression|contract|smoke|acceptance|snapshot|property) tests?\b|\btests (?:for|of|that)\b|\btest (?:suite|coverage|cases?)\b/i,
    'testing',
  ],
  [/\b(?:readme|changelog|docstrings?|jsdoc|api docs)\b/i, 'documentation'],
];

function firstMatch(text: string, patterns: readonly [RegExp, TaskType][]): Ruled<TaskType> | null {
  for (const [pattern, value] of patterns) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { value, rule: `"${found.toLowerCase()}"` };
  }
  return null;
}

/**
 * What kind of work a subtask is, by what its file says of it: a label, how its title begins, what
 * its title is about, how its detail begins; coding when nothing tells.
 */
export function taskTypeOf({
  title,
  detail,
  labels: own,
}: Pick<Subtask, 'title' | 'detail' | 'labels'>): Ruled<TaskType> {
  for (const label of own) {
    const word = label.toLowerCase().replace(/^(?:type|kind|category):\s*/, '');
    const value = labels.get(word);
    if (value !== undefined) return { value, rule: `its label "${label}"` };
  }
  const text = title.replace(/^(?:\[[^\]]*\]\s*|[\w ]{1,20}:\s+)+/, '');
  const begins = firstMatch(text, verbs);
  if (begins !== null) return { ...begins, rule: `its title begins with ${begins.rule}` };
  const about = firstMatch(text.slice(0, 80), things);
  if (about !== null) return { ...about, rule: `its title names ${about.rule}` };
  const told = firstMatch(detail.trimStart().replace(/^[-*]\s+/, ''), verbs);
  if (told !== null) return { ...told, rule: `its detail begins with ${told.rule}` };
  return { value: 'coding', rule: 'nothing in its text says otherwise' };
}
