import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { command, query } from '../command';
import { flag, maybeText, placeholders, text } from './columns';
import { journal } from './journal';

const confirmationRow = z.object({
  holds: flag,
  note: maybeText,
  confirmed_by: text,
  confirmed_at: text,
});

export const confirmations = {
  /** A person's word on a manual check, for one tree; a later one of the same tree replaces it. */
  add: command(
    'confirmations.add',
    (
      tx,
      input: {
        subtaskId: string;
        instruction: string;
        treeHash: string;
        holds: boolean;
        note: string;
      },
    ): void => {
      if (!tx.actor.startsWith('person:'))
        throw new RunsheetError('forbidden', 'Only a person answers a manual check.');
      tx.run(
        `INSERT INTO confirmations (id, subtask_id, instruction, tree_hash, holds, note,
           confirmed_by, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        tx.newId(),
        input.subtaskId,
        input.instruction,
        input.treeHash,
        input.holds ? 1 : 0,
        input.note === '' ? null : input.note,
        tx.actor,
        tx.now,
      );
      const { subtaskId: id, instruction, treeHash, holds, note } = input;
      const changes = { instruction, treeHash, holds };
      journal(tx, { entity: 'subtask', id, action: 'confirmed', changes, reason: note || null });
    },
  ),

  /** The last word on an instruction, of any of these trees. */
  newest: query(
    'confirmations.newest',
    (db, input: { subtaskId: string; instruction: string; trees: readonly string[] }) =>
      db.get(
        confirmationRow,
        `SELECT ${Object.keys(confirmationRow.shape).join(', ')} FROM confirmations
         WHERE subtask_id = ? AND instruction = ? AND tree_hash IN (${placeholders(input.trees)})
         ORDER BY id DESC LIMIT 1`,
        input.subtaskId,
        input.instruction,
        ...input.trees,
      ),
  ),
};
