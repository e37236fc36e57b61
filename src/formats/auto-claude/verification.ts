import type { Node } from 'jsonc-parser';
import type { Problem } from '../../model/plan';
import type { Validator } from '../../model/validator';
import { nameChecks, parseCheck, shortFormTimeout } from '../check-syntax';
import { elementsOf, membersOf, textOf, textsOf } from '../json';
import { problem } from '../problems';
import type { LineIndex } from '../text';
import { placeOf } from '../json-document';
import { verificationTypes } from './words';

/** What a subtask asks to be verified: as text, and as checks where a command says it. */
export interface ReadVerification {
  texts: string[];
  checks: Validator[];
}

/** A `verification` value: one object, a list of them, or a text. */
export function readVerification(
  node: Node | undefined,
  lines: LineIndex,
  problems: Problem[],
): ReadVerification {
  if (node === undefined) return { texts: [], checks: [] };
  const parts = node.type === 'array' ? elementsOf(node) : [node];
  const texts: string[] = [];
  const checks: Validator[] = [];
  for (const part of parts) {
    const members = membersOf(part);
    const text = textOf(part) ?? describe(members);
    if (text !== '') texts.push(text);
    const type = textOf(members.get('type'));
    if (type !== null && !verificationTypes.has(type))
      problems.push(
        problem(
          'info',
          'unknown-verification-type',
          placeOf(part, lines),
          `The verification type ${type} is not known; it is shown as text.`,
        ),
      );
    const check = checkOf(type, members);
    if (check !== null) checks.push(check);
  }
  return { texts, checks: nameChecks(checks.slice(0, 20), 'verification') };
}

function checkOf(type: string | null, members: ReadonlyMap<string, Node>): Validator | null {
  const command = textOf(members.get('command')) ?? textOf(members.get('run'));
  if (command === null || (type !== null && type !== 'command')) return null;
  const config = { command, timeout_seconds: shortFormTimeout };
  return parseCheck({ type: 'test_pass', config, label: command }).validator;
}

const textKeys = [
  'method',
  'command',
  'run',
  'url',
  'instructions',
  'description',
  'scenario',
  'checks',
  'steps',
  'body',
  'expected',
  'expected_status',
  'expect_status',
  'expect_contains',
];

/** `command: npm test; expected: all pass`. */
function describe(members: ReadonlyMap<string, Node>): string {
  const type = textOf(members.get('type'));
  const parts = textKeys.flatMap((key) => {
    const texts = textsOf(members.get(key));
    const name = key === 'command' || key === 'run' || key === type ? '' : `${key}: `;
    return texts.length === 0 ? [] : [`${name}${texts.join(', ')}`];
  });
  if (type === 'none' && parts.length === 0) return '';
  return [type ?? '', parts.join('; ')].filter((part) => part !== '').join(': ');
}
