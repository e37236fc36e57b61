import { z } from 'zod';
import { command, query } from '../command';
import { text } from './columns';
import { journal } from './journal';

export interface ApprovedCommand {
  /** sha256 of the text, hex. */
  hash: string;
  command: string;
  workingDirectory: string;
  sourcePath: string | null;
}

export const approvals = {
  approve: command('approvals.approve', (tx, commands: readonly ApprovedCommand[]): number => {
    let added = 0;
    for (const approved of commands) {
      const inserted = tx.run(
        `INSERT INTO command_approvals (text_hash, command, working_directory, source_path,
           approved_by, approved_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS
           (SELECT 1 FROM command_approvals WHERE text_hash = ?1 AND revoked_at IS NULL)`,
        approved.hash,
        approved.command,
        approved.workingDirectory,
        approved.sourcePath,
        tx.actor,
        tx.now,
      );
      if (inserted === 0) continue;
      added += 1;
      journal(tx, {
        entity: 'command_approval',
        id: approved.hash,
        action: 'approve',
        changes: { command: approved.command },
      });
    }
    return added;
  }),

  /** Approvals that this person did not give, e.g. in a database that came with a repository. */
  revokeAll: command('approvals.revokeAll', (tx): number => {
    const revoked = tx.run(
      'UPDATE command_approvals SET revoked_at = ? WHERE revoked_at IS NULL',
      tx.now,
    );
    if (revoked > 0) {
      const id = 'all';
      journal(tx, { entity: 'command_approval', id, action: 'revoke', changes: { revoked } });
    }
    return revoked;
  }),

  hashes: query('approvals.hashes', (db) =>
    db
      .all(
        z.object({ text_hash: text }),
        'SELECT DISTINCT text_hash FROM command_approvals WHERE revoked_at IS NULL',
      )
      .map((row) => row.text_hash),
  ),
};
