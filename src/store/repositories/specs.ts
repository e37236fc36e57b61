import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { agentSpecSchema, withoutDerivation, type AgentSpec } from '../../model/agent-spec';
import { RunsheetError } from '../../model/errors';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';
import {
  insertSpec,
  selectSpecs,
  specRow,
  type SpecReferences,
  type StoredSpec,
} from './spec-rows';
import { referenceIn } from './plan-reference';

const summaryRow = z.object({
  id: text,
  name: text,
  revision: z.int(),
  display_name: text,
  icon: maybeText,
  task_type: text,
  agent_key: maybeText,
  priority: z.int(),
  tags: jsonColumn(z.array(z.string())),
  plan_path: maybeText,
  subtask_key: maybeText,
  retired_at: maybeText,
  created_at: text,
  created_by: text,
});
/** What a list of specs shows; readable also where the whole of a revision is damaged. */
export type SpecSummary = z.output<typeof summaryRow>;

/** As it comes back from its rows: nothing that JSON would leave out. */
function asStored(spec: AgentSpec): AgentSpec {
  return agentSpecSchema.parse(JSON.parse(JSON.stringify(spec)));
}

const isPerson = (actor: string) => actor.startsWith('person:');

function findCurrent(db: Connection, name: string): StoredSpec | null {
  return db.get(specRow, `${selectSpecs} WHERE s.name = ? AND s.retired_at IS NULL`, name);
}

function readById(db: Connection, id: string): StoredSpec {
  const found = db.get(specRow, `${selectSpecs} WHERE s.id = ?`, id);
  if (found !== null) return found;
  throw new RunsheetError('not_found', `There is no agent spec ${id}.`, {
    entity: 'agent_spec',
    id,
  });
}

function refuse(field: string, message: string, details: Record<string, unknown> = {}): never {
  throw new RunsheetError('validation', `${field}: ${message}`, { field, ...details });
}

function refuseConflict(current: StoredSpec | null, expected: number | null): void {
  const revision = current?.revision ?? 0;
  if (expected === null || expected === revision) return;
  const present =
    current === null ? 'there is none now' : `it is at ${revision}, by ${current.createdBy}`;
  throw new RunsheetError(
    'version_conflict',
    `The spec is not at revision ${expected} any more: ${present}. Take up what is new, then set it again.`,
    {
      expected,
      current_version: revision,
      updated_by: current?.createdBy ?? null,
      updated_at: current?.createdAt ?? null,
      current: current?.spec ?? null,
    },
  );
}

const idRow = z.object({ id: text });

/** A spec is made from any that ever was. */
function parentOf(tx: Transaction, { parent }: AgentSpec): string | null {
  if (parent === null) return null;
  const sql = 'SELECT id FROM agent_specs WHERE name = ? ORDER BY revision DESC LIMIT 1';
  const found = tx.get(idRow, sql, parent);
  return found?.id ?? refuse('parent', `there is no spec "${parent}". Name one that is, or null.`);
}

/** @throws RunsheetError `validation` for what does not exist or would lead back to the spec. */
function fallbackOf(tx: Transaction, spec: AgentSpec): string | null {
  const { fallback } = spec.acceptance;
  if (fallback === null) return null;
  const field = 'acceptance.fallback';
  const first = findCurrent(tx, fallback);
  if (first === null)
    return refuse(field, `there is no spec "${fallback}". Set it first, or name another one.`);
  const path = [spec.name];
  for (let next: StoredSpec | null = first; next !== null;) {
    path.push(next.spec.name);
    if (next.spec.name === spec.name)
      return refuse(field, `the fallbacks go in a circle: ${path.join(' → ')}.`, { path });
    const name: string | null = next.spec.acceptance.fallback;
    next = name === null ? null : findCurrent(tx, name);
  }
  return first.id;
}

function subtaskOf(tx: Transaction, { subtask }: AgentSpec): string | null {
  if (subtask === null) return null;
  const found = tx.get(
    idRow,
    `SELECT t.id FROM subtasks t JOIN plans p ON p.id = t.plan_id
     WHERE ${referenceIn('p')} = ? AND p.archived_at IS NULL AND t.subtask_key = ?
       AND t.removed_at IS NULL`,
    subtask.plan,
    subtask.key,
  );
  const named = `${subtask.plan} has no subtask "${subtask.key}"`;
  return found?.id ?? refuse('subtask', `${named}. Name one by its plan's path and its key.`);
}

/** Which of two specs a person meant for a subtask could not be told. */
function refuseSecond(tx: Transaction, name: string, subtaskId: string): void {
  const other = ofPerson(tx, subtaskId);
  if (other === null || other.spec.name === name) return;
  const { name: known } = other.spec;
  refuse('subtask', `it has the spec "${known}" already. Change that one, or retire it first.`, {
    spec: known,
  });
}

function ofPerson(db: Connection, subtaskId: string): StoredSpec | null {
  return db.get(
    specRow,
    `${selectSpecs} WHERE s.source_subtask_id = ? AND s.retired_at IS NULL
       AND s.created_by LIKE 'person:%' ORDER BY s.id DESC LIMIT 1`,
    subtaskId,
  );
}

/** Retires what was current and stores the next revision of the name. */
function revise(
  tx: Transaction,
  current: StoredSpec | null,
  spec: AgentSpec,
  references: SpecReferences,
): StoredSpec {
  if (current !== null) retireRow(tx, current.id);
  const last = tx.get(
    z.object({ revision: z.int() }),
    'SELECT coalesce(max(revision), 0) AS revision FROM agent_specs WHERE name = ?',
    spec.name,
  );
  const revision = (last?.revision ?? 0) + 1;
  const id = insertSpec(tx, spec, revision, references);
  const changes = { name: spec.name, revision, fields: changedFields(current, spec) };
  const action = current === null ? 'create' : 'revise';
  journal(tx, { entity: 'agent_spec', id, action, changes });
  return readById(tx, id);
}

function changedFields(current: StoredSpec | null, spec: AgentSpec): string[] {
  const before = Object.entries(current?.spec ?? {});
  const now: ReadonlyMap<string, unknown> = new Map(Object.entries(spec));
  return before
    .filter(([key, value]) => !isDeepStrictEqual(value, now.get(key)))
    .map(([key]) => key);
}

function retireRow(tx: Transaction, id: string): void {
  tx.run('UPDATE agent_specs SET retired_at = ? WHERE id = ?', tx.now, id);
}

export const specs = {
  /**
   * A person's spec: a new name, or the next revision of a name; a spec that says nothing new stays
   * as it is. Specs are never changed, so that a run always points at what it was asked. Errors:
   * `validation` (details: field), `version_conflict` when `expected` is not the current revision
   * (0: none yet; details: current).
   */
  put: command(
    'specs.put',
    (
      tx,
      input: { spec: AgentSpec; expected?: number | null; path?: string | null },
    ): StoredSpec => {
      const { expected = null, path = null } = input;
      const spec = asStored(withoutDerivation(input.spec));
      const current = findCurrent(tx, spec.name);
      refuseConflict(current, expected);
      const subtaskId = subtaskOf(tx, spec);
      if (subtaskId !== null) refuseSecond(tx, spec.name, subtaskId);
      const references = {
        subtaskId,
        parentId: parentOf(tx, spec),
        fallbackId: fallbackOf(tx, spec),
        path,
      };
      const isSame = current !== null && isDeepStrictEqual(withoutDerivation(current.spec), spec);
      return isSame ? current : revise(tx, current, spec, references);
    },
  ),

  /**
   * The engine's spec of a subtask: the current revision when it says exactly this, else the next
   * one. What a person has set under the name stays.
   */
  derive: command(
    'specs.derive',
    (tx, input: { spec: AgentSpec; subtaskId: string; path: string }): StoredSpec => {
      const { subtaskId, path } = input;
      const spec = asStored(input.spec);
      const current = findCurrent(tx, spec.name);
      if (current !== null && isPerson(current.createdBy)) return current;
      if (current !== null && isDeepStrictEqual(current.spec, spec)) return current;
      const references = { subtaskId, parentId: null, fallbackId: fallbackOf(tx, spec), path };
      return revise(tx, current, spec, references);
    },
  ),

  /** The name is used no more; its revisions stay. Errors: `not_found`, `version_conflict`, `validation`. */
  retire: command(
    'specs.retire',
    (tx, input: { name: string; expected?: number | null; reason?: string | null }): void => {
      const { name, expected = null, reason = null } = input;
      const current = findCurrent(tx, name);
      if (current === null)
        throw new RunsheetError('not_found', `There is no spec "${name}".`, {
          entity: 'agent_spec',
          id: name,
        });
      refuseConflict(current, expected);
      const users = tx.all(
        z.object({ name: text }),
        `SELECT s.name FROM agent_specs s JOIN acceptance_specs a ON a.agent_spec_id = s.id
           JOIN agent_specs f ON f.id = a.fallback_spec_id
         WHERE f.name = ? AND s.retired_at IS NULL AND s.created_by LIKE 'person:%' ORDER BY s.name`,
        name,
      );
      const names = users.map((user) => user.name);
      if (names.length > 0)
        refuse('name', `it is the fallback of ${names.join(', ')}. Change them first.`, { names });
      retireRow(tx, current.id);
      const changes = { name, revision: current.revision };
      journal(tx, { entity: 'agent_spec', id: current.id, action: 'retire', changes, reason });
    },
  ),

  /** Current specs by name; with `all` those that the engine derived and those that are retired, too. */
  list: query('specs.list', (db, { all }: { all: boolean }) =>
    db.all(
      summaryRow,
      `SELECT s.id, s.name, s.revision, s.display_name, s.icon, s.task_type, s.agent_key,
         s.priority, s.tags, ${referenceIn('l')} AS plan_path, t.subtask_key, s.retired_at,
         s.created_at, s.created_by
       FROM agent_specs s LEFT JOIN subtasks t ON t.id = s.source_subtask_id
         LEFT JOIN plans l ON l.id = t.plan_id
       WHERE ?1 OR (s.retired_at IS NULL AND s.created_by LIKE 'person:%')
       ORDER BY s.name, s.revision`,
      all ? 1 : 0,
    ),
  ),

  /** The current revision, or the one that is asked for, retired or not; `null`: there is none. */
  byName: query(
    'specs.byName',
    (db, { name, revision = null }: { name: string; revision?: number | null }) =>
      revision === null
        ? findCurrent(db, name)
        : db.get(specRow, `${selectSpecs} WHERE s.name = ? AND s.revision = ?`, name, revision),
  ),

  byId: query('specs.byId', (db, id: string) => readById(db, id)),

  /** The priorities that persons' specs give, by name and for subtasks of their own. */
  priorities: query('specs.priorities', (db) =>
    db.all(
      z.object({ name: text, subtask_id: text.nullable(), priority: z.int() }),
      `SELECT name, source_subtask_id AS subtask_id, priority FROM agent_specs
       WHERE retired_at IS NULL AND created_by LIKE 'person:%'`,
    ),
  ),

  /** What a person has set for this very subtask; `null`: nothing. */
  currentFor: query('specs.currentFor', (db, subtaskId: string) => ofPerson(db, subtaskId)),
};
