import { RunsheetError } from '../../model/errors';
import type { Transaction } from '../command';

/** @throws RunsheetError `forbidden` for whoever is no person. */
export function requirePerson(tx: Transaction, act: string): void {
  if (tx.actor.startsWith('person:')) return;
  throw new RunsheetError('forbidden', `Only a person ${act}.`, { actor: tx.actor });
}

/** The person's words, trimmed. @throws RunsheetError `validation` when there are none. */
export function requireReason(reason: string | null, act: string): string {
  const words = (reason ?? '').trim();
  if (words !== '') return words;
  throw new RunsheetError('validation', `To ${act}, give a reason.`, { field: 'reason' });
}
