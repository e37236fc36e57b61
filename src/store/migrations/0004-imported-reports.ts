import type { Migration } from './migration';

const sql = `
-- What is imported may name a commit by its first digits, or not at all: nothing is dropped for it.
CREATE TABLE new_deployments (
  id TEXT PRIMARY KEY, deployed_at TEXT NOT NULL,
  commit_hash TEXT CHECK (length(commit_hash) BETWEEN 7 AND 40 AND commit_hash NOT GLOB '*[^0-9a-f]*'),
  metadata TEXT NOT NULL CHECK (json_valid(metadata)),
  corrects_id TEXT REFERENCES new_deployments(id) ON DELETE RESTRICT,
  idempotency_key TEXT UNIQUE, created_at TEXT NOT NULL, created_by TEXT NOT NULL
) STRICT;
INSERT INTO new_deployments (id, deployed_at, commit_hash, metadata, corrects_id, idempotency_key,
    created_at, created_by)
  SELECT id, deployed_at, commit_hash, metadata, corrects_id, idempotency_key, created_at, created_by
  FROM deployments ORDER BY id;
CREATE TABLE new_deployment_vendors (
  deployment_id TEXT NOT NULL REFERENCES new_deployments(id) ON DELETE RESTRICT,
  vendor_id TEXT NOT NULL REFERENCES vendors(id) ON DELETE RESTRICT,
  PRIMARY KEY (deployment_id, vendor_id)
) STRICT;
INSERT INTO new_deployment_vendors (deployment_id, vendor_id)
  SELECT deployment_id, vendor_id FROM deployment_vendors;
CREATE TABLE new_deployment_work_items (
  deployment_id TEXT NOT NULL REFERENCES new_deployments(id) ON DELETE RESTRICT,
  work_item_id TEXT NOT NULL, PRIMARY KEY (deployment_id, work_item_id)
) STRICT;
INSERT INTO new_deployment_work_items (deployment_id, work_item_id)
  SELECT deployment_id, work_item_id FROM deployment_work_items;
DROP TABLE deployment_vendors;
DROP TABLE deployment_work_items;
UPDATE deployments SET corrects_id = NULL;
DROP TABLE deployments;
ALTER TABLE new_deployments RENAME TO deployments;
ALTER TABLE new_deployment_vendors RENAME TO deployment_vendors;
ALTER TABLE new_deployment_work_items RENAME TO deployment_work_items;
CREATE INDEX ix_deployments_time ON deployments(deployed_at DESC);
CREATE INDEX ix_deployment_vendors_vendor ON deployment_vendors(vendor_id);
CREATE INDEX ix_deployment_work_items_item ON deployment_work_items(work_item_id);
CREATE TRIGGER deployment_work_items_item BEFORE INSERT ON deployment_work_items
  WHEN NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
   AND NOT EXISTS (SELECT 1 FROM archived_work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;

-- A note may be about a work item, or about the project as a whole.
CREATE TABLE new_plan_notes (
  id TEXT PRIMARY KEY, plan_id TEXT REFERENCES plans(id) ON DELETE RESTRICT, work_item_id TEXT,
  kind TEXT NOT NULL
    CHECK (kind IN ('risk','concern','constraint','prerequisite','decision','note')),
  severity TEXT CHECK (severity IN ('high','medium','low')),
  blocker INTEGER NOT NULL DEFAULT 0 CHECK (blocker IN (0,1)),
  title TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', mitigation TEXT,
  position INTEGER NOT NULL DEFAULT 0,
  resolved_at TEXT, resolved_by TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  CHECK (plan_id IS NULL OR work_item_id IS NULL)
) STRICT;
INSERT INTO new_plan_notes (id, plan_id, kind, severity, blocker, title, body, mitigation, position,
    resolved_at, resolved_by, created_at, created_by)
  SELECT id, plan_id, kind, severity, blocker, title, body, mitigation, position,
    resolved_at, resolved_by, created_at, created_by FROM plan_notes;
DROP TABLE plan_notes;
ALTER TABLE new_plan_notes RENAME TO plan_notes;
CREATE INDEX ix_plan_notes_plan ON plan_notes(plan_id, kind);
CREATE INDEX ix_plan_notes_work_item ON plan_notes(work_item_id) WHERE work_item_id IS NOT NULL;
CREATE TRIGGER plan_notes_work_item BEFORE INSERT ON plan_notes
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
`;

/** What is read from status reports, whose rows know less than ours. */
export const importedReports: Migration = { version: 4, name: 'imported-reports', sql };
