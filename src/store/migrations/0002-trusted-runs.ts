import type { Migration } from './migration';

const sql = `
-- What the next run of a subtask is, once it is due: why it starts, under which spec, which run it
-- goes on with, and not before when. NULL: nothing but the plan decides.
ALTER TABLE subtasks ADD COLUMN next_run TEXT CHECK (next_run IS NULL OR json_valid(next_run));
-- The next run is the subtask's matter; an ended run never changes.
ALTER TABLE runs DROP COLUMN retry_not_before;

-- The files that were judged: two commits with the same tree hold the same files.
ALTER TABLE verifications ADD COLUMN tree_hash TEXT
  CHECK (tree_hash IS NULL OR (length(tree_hash) = 40 AND tree_hash NOT GLOB '*[^0-9a-f]*'));

-- Tells the plans of one file apart; empty for the only one.
ALTER TABLE plans ADD COLUMN source_name TEXT NOT NULL DEFAULT '';
DROP INDEX ux_plans_source_path;
CREATE UNIQUE INDEX ux_plans_source ON plans(source_path, source_name) WHERE archived_at IS NULL;

CREATE TABLE confirmations ( -- a named person's word on a manual check, for one tree; append-only
  id TEXT PRIMARY KEY, subtask_id TEXT NOT NULL REFERENCES subtasks(id) ON DELETE RESTRICT,
  instruction TEXT NOT NULL CHECK (length(instruction) BETWEEN 1 AND 2000),
  tree_hash TEXT NOT NULL CHECK (length(tree_hash) = 40 AND tree_hash NOT GLOB '*[^0-9a-f]*'),
  holds INTEGER NOT NULL CHECK (holds IN (0,1)), note TEXT CHECK (length(note) <= 4000),
  confirmed_by TEXT NOT NULL CHECK (confirmed_by LIKE 'person:%'), confirmed_at TEXT NOT NULL
) STRICT;
CREATE INDEX ix_confirmations ON confirmations(subtask_id, tree_hash);
CREATE TRIGGER confirmations_no_update BEFORE UPDATE ON confirmations
BEGIN SELECT RAISE(ABORT, 'confirmations are append-only'); END;
CREATE TRIGGER confirmations_no_delete BEFORE DELETE ON confirmations
BEGIN SELECT RAISE(ABORT, 'confirmations are append-only'); END;

CREATE TABLE holds ( -- what a person paused below a plan: nothing of it starts, its runs stand still
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  phase_id TEXT REFERENCES phases(id) ON DELETE RESTRICT,
  subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  reason TEXT CHECK (length(reason) <= 500),
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, released_at TEXT, released_by TEXT,
  CHECK ((phase_id IS NULL) <> (subtask_id IS NULL)),
  CHECK ((released_at IS NULL) = (released_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX ux_holds_live ON holds(coalesce(subtask_id, phase_id)) WHERE released_at IS NULL;
CREATE INDEX ix_holds_plan ON holds(plan_id) WHERE released_at IS NULL;

-- The call that is asked about, for the person: tool, kind, places, input; without secrets.
ALTER TABLE permission_requests ADD COLUMN call TEXT CHECK (call IS NULL OR json_valid(call));

-- Of the troubles in a row, how many of the last ones were launches: they break an agent.
ALTER TABLE agent_states ADD COLUMN launch_failures INTEGER NOT NULL DEFAULT 0
  CHECK (launch_failures BETWEEN 0 AND failures);

-- A revision of a spec is what a run was asked: nothing of it changes but that it is retired.
DROP TRIGGER agent_specs_frozen;
CREATE TRIGGER agent_specs_frozen
  BEFORE UPDATE OF id, name, revision, spec_version, display_name, icon, objective, task_type,
    agent_key, context, tool_policy, max_turns, timeout_seconds, max_tokens, max_cost_micros,
    priority, tags, parent_spec_id, source_subtask_id, spec_path, created_at, created_by
  ON agent_specs
BEGIN SELECT RAISE(ABORT, 'specs are immutable'); END;
`;

/** What runs that can be trusted need beside the first schema. */
export const trustedRuns: Migration = { version: 2, name: 'trusted-runs', sql };
