import type { ConfigOf } from '../model/validator';
import type { Judges } from './check';
import { finding, type Finding } from './finding';

/** Skipped until a named person has said of this very tree whether it is so. */
export async function manualCheck(
  judges: Judges,
  { instruction }: ConfigOf<'manual'>,
): Promise<Finding> {
  const word = await judges.confirmation(instruction);
  if (word === null)
    return finding('skipped', `Waits for a person's word: ${instruction}`, {
      details: { instruction },
    });
  const { holds, by, note } = word;
  const name = by.replace(/^person:/, '');
  const said = `${name} ${holds ? 'confirmed' : 'denied'}: ${instruction}`;
  const message = note === '' ? said : `${said} (${note})`;
  return finding(holds ? 'passed' : 'failed', message, { details: { instruction, ...word } });
}
