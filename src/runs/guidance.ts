import type { VerificationResult } from './verifier';

const longestOutput = 3000;
const longest = 15_000;

/** What the next attempt is told about the checks that did not pass; `null` when all did. */
export function guidanceOf({ results, verdict }: VerificationResult): string | null {
  if (verdict === 'passed') return null;
  const open = results.filter(({ result }) => result.outcome !== 'passed');
  if (open.length === 0) return null;
  const parts = open.map(({ validator, result }) => {
    const head = `- ${validator.label ?? validator.type} (${result.outcome}): ${result.message}`;
    const output = tail(result.output.trim());
    return output === '' ? head : `${head}\n\n${indented(output)}`;
  });
  return parts.join('\n\n').slice(0, longest);
}

/** Programs tell last what went wrong. */
function tail(text: string): string {
  return text.length <= longestOutput ? text : `…${text.slice(-longestOutput)}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`.trimEnd())
    .join('\n');
}
