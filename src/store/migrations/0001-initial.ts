import type { Migration, Seeding } from './migration';

// One string, because it is one text with a checksum; its sections follow docs/data-model.md.
const sql = `
CREATE TABLE schema_versions (
  version INTEGER PRIMARY KEY CHECK (version > 0),
  name TEXT NOT NULL, checksum TEXT NOT NULL CHECK (length(checksum) = 64),
  applied_at TEXT NOT NULL, app_version TEXT NOT NULL
) STRICT; -- PRAGMA user_version equals MAX(version)

CREATE TABLE catalog_entries ( -- "what is worked on": a book, a service, a package
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 100 AND slug NOT GLOB '*[^a-z0-9-]*'),
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  kind TEXT NOT NULL DEFAULT 'component', -- open word
  source_path TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft','active','released','retired')),
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), deleted_at TEXT,
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_catalog_entries_slug ON catalog_entries(slug) WHERE deleted_at IS NULL;

CREATE TABLE project_configuration ( -- exactly one row, created by the migration
  id INTEGER PRIMARY KEY CHECK (id = 1),
  active_context_type TEXT NOT NULL DEFAULT 'feature'
    CHECK (active_context_type IN ('feature','maintenance','research')),
  current_session_id TEXT, -- a work item of type session (guarded by triggers)
  default_token_budget INTEGER NOT NULL DEFAULT 200000
    CHECK (default_token_budget BETWEEN 1000 AND 1000000),
  max_parallel_runs INTEGER NOT NULL DEFAULT 3 CHECK (max_parallel_runs BETWEEN 1 AND 32),
  max_attempts INTEGER NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 11),
  max_rejection_rounds INTEGER NOT NULL DEFAULT 3 CHECK (max_rejection_rounds BETWEEN 1 AND 20),
  lease_seconds INTEGER NOT NULL DEFAULT 300 CHECK (lease_seconds BETWEEN 30 AND 3600),
  heartbeat_seconds INTEGER NOT NULL DEFAULT 30 CHECK (heartbeat_seconds BETWEEN 5 AND 600),
  archive_after_days INTEGER NOT NULL DEFAULT 365 CHECK (archive_after_days BETWEEN 30 AND 3650),
  claims_policy TEXT NOT NULL DEFAULT 'ask' CHECK (claims_policy IN ('ask','accept_imported')),
  auto_accept_item_types TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(auto_accept_item_types)),
  git_branch TEXT CHECK (length(git_branch) <= 100),
  git_head_commit TEXT
    CHECK (length(git_head_commit) = 40 AND git_head_commit NOT GLOB '*[^0-9a-f]*'),
  database_healthy INTEGER NOT NULL DEFAULT 1 CHECK (database_healthy IN (0,1)),
  last_health_check_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK (heartbeat_seconds * 2 <= lease_seconds)
) STRICT;

CREATE TABLE plans (
  id TEXT PRIMARY KEY, title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  format TEXT NOT NULL, source_path TEXT NOT NULL, -- workspace-relative, '/' separators
  extra_paths TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(extra_paths)),
  source_hash TEXT CHECK (length(source_hash) = 64), -- bytes last read
  workflow_type TEXT, -- open word, used by triggers
  catalog_entry_id TEXT REFERENCES catalog_entries(id) ON DELETE RESTRICT,
  state TEXT NOT NULL DEFAULT 'draft'
    CHECK (state IN ('draft','active','completed','failed','cancelled')),
  base_branch TEXT, work_branch TEXT, archived_at TEXT, missing_since TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), created_at TEXT NOT NULL,
  created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_plans_source_path ON plans(source_path) WHERE archived_at IS NULL;

CREATE TABLE phases (
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  phase_key TEXT NOT NULL, title TEXT NOT NULL, position INTEGER NOT NULL CHECK (position >= 0),
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending','in_progress','blocked','done','skipped')),
  parallel_safe INTEGER CHECK (parallel_safe IN (0,1)), -- NULL: the file does not say
  checkpoint TEXT, removed_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_phases_key ON phases(plan_id, phase_key) WHERE removed_at IS NULL;

CREATE TABLE phase_dependencies (
  phase_id TEXT NOT NULL REFERENCES phases(id) ON DELETE CASCADE,
  depends_on_id TEXT NOT NULL REFERENCES phases(id) ON DELETE CASCADE,
  origin TEXT NOT NULL CHECK (origin IN ('declared','implied','manual')),
  PRIMARY KEY (phase_id, depends_on_id), CHECK (phase_id <> depends_on_id)
) STRICT;

CREATE TABLE subtasks (
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  phase_id TEXT REFERENCES phases(id) ON DELETE SET NULL,
  subtask_key TEXT NOT NULL,
  key_origin TEXT NOT NULL CHECK (key_origin IN ('declared','position','derived')),
  fingerprint TEXT NOT NULL, -- normalised title + ordinal among equals
  title TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL CHECK (position >= 0),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN
    ('pending','claimed','in_progress','in_review','blocked','needs_attention','done','failed',
      'skipped','cancelled')),
  proof TEXT CHECK (proof IN ('proven','accepted')),
  status_reason TEXT CHECK (length(status_reason) <= 500),
  proven_verification_id TEXT REFERENCES verifications(id) ON DELETE RESTRICT,
  attempt_limit INTEGER CHECK (attempt_limit BETWEEN 1 AND 50), -- NULL: configuration
  optional INTEGER NOT NULL DEFAULT 0 CHECK (optional IN (0,1)),
  files TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(files)),
  labels TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels)),
  -- as written in the file
  verification TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(verification)),
  -- file_status: the file's own word, last read
  file_status TEXT, source_line INTEGER, removed_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, updated_by TEXT NOT NULL,
  CHECK ((status = 'done') = (proof IS NOT NULL)),
  CHECK (proof IS NOT 'proven' OR proven_verification_id IS NOT NULL),
  CHECK (status NOT IN ('blocked','skipped') OR status_reason IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX ux_subtasks_key ON subtasks(plan_id, subtask_key) WHERE removed_at IS NULL;
CREATE INDEX ix_subtasks_status ON subtasks(plan_id, status);
CREATE INDEX ix_subtasks_phase ON subtasks(phase_id, position);

CREATE TABLE subtask_dependencies ( -- depends_on_id NULL: declared but not found (dangling)
  subtask_id TEXT NOT NULL REFERENCES subtasks(id) ON DELETE CASCADE,
  depends_on_key TEXT NOT NULL, depends_on_id TEXT REFERENCES subtasks(id) ON DELETE SET NULL,
  origin TEXT NOT NULL CHECK (origin IN ('declared','implied','manual')),
  PRIMARY KEY (subtask_id, depends_on_key)
) STRICT;
CREATE INDEX ix_subtask_dependencies_target ON subtask_dependencies(depends_on_id);

CREATE TABLE subtask_renames (
  plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT, old_key TEXT NOT NULL,
  subtask_id TEXT NOT NULL REFERENCES subtasks(id) ON DELETE RESTRICT, renamed_at TEXT NOT NULL,
  PRIMARY KEY (plan_id, old_key)
) STRICT;
-- one "run this": what is started, paused, resumed, cancelled, listed

CREATE TABLE plan_executions (
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  scope TEXT NOT NULL DEFAULT 'plan' CHECK (scope IN ('plan','phase','subtask')), scope_ref TEXT,
  state TEXT NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending','running','paused','completed','failed','cancelled')),
  trigger_firing_id TEXT REFERENCES trigger_firings(id) ON DELETE RESTRICT, base_commit TEXT,
  message TEXT,
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)), -- what the person asked for
  started_at TEXT, ended_at TEXT, version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK ((scope = 'plan') = (scope_ref IS NULL)),
  CHECK ((state IN ('completed','failed','cancelled')) = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX ix_plan_executions_live ON plan_executions(plan_id) WHERE ended_at IS NULL;

CREATE TABLE plan_notes ( -- risks, concerns, constraints, prerequisites, decisions
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  kind TEXT NOT NULL
    CHECK (kind IN ('risk','concern','constraint','prerequisite','decision','note')),
  severity TEXT CHECK (severity IN ('high','medium','low')),
  blocker INTEGER NOT NULL DEFAULT 0 CHECK (blocker IN (0,1)),
  title TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', mitigation TEXT,
  position INTEGER NOT NULL DEFAULT 0,
  resolved_at TEXT, resolved_by TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_plan_notes_plan ON plan_notes(plan_id, kind);

CREATE TABLE work_items (
  id TEXT PRIMARY KEY,
  item_type TEXT NOT NULL CHECK (item_type IN ('project','session','task','research')),
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN
    ('pending','claimed','in_progress','in_review','blocked','needs_attention','done','failed',
      'skipped','cancelled')),
  proof TEXT CHECK (proof IN ('proven','accepted')),
  status_reason TEXT CHECK (length(status_reason) <= 500),
  parent_id TEXT REFERENCES work_items(id) ON DELETE RESTRICT,
  path TEXT NOT NULL CHECK (length(path) <= 500),
  depth INTEGER NOT NULL CHECK (depth BETWEEN 0 AND 5),
  branch_name TEXT CHECK (length(branch_name) BETWEEN 1 AND 100),
  commit_hash TEXT CHECK (length(commit_hash) = 40 AND commit_hash NOT GLOB '*[^0-9a-f]*'),
  pr_number INTEGER CHECK (pr_number >= 1),
  metadata TEXT NOT NULL DEFAULT '{}'
    CHECK (json_valid(metadata) AND json_type(metadata) = 'object'),
  plan_id TEXT REFERENCES plans(id) ON DELETE RESTRICT,
  subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  acceptance_spec_id TEXT REFERENCES acceptance_specs(id) ON DELETE RESTRICT,
  closed_at TEXT, deleted_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at TEXT NOT NULL, created_by TEXT NOT NULL CHECK (length(created_by) <= 100),
  updated_at TEXT NOT NULL, updated_by TEXT NOT NULL CHECK (length(updated_by) <= 100),
  CHECK ((parent_id IS NULL) = (depth = 0)), CHECK (parent_id IS NOT id),
  CHECK ((status = 'done') = (proof IS NOT NULL)),
  CHECK (status NOT IN ('blocked','skipped') OR status_reason IS NOT NULL),
  CHECK ((status IN ('done','skipped','cancelled')) = (closed_at IS NOT NULL))
) STRICT;
CREATE INDEX ix_work_items_live
  ON work_items(item_type, status, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX ix_work_items_parent ON work_items(parent_id);
CREATE INDEX ix_work_items_path ON work_items(path);
CREATE INDEX ix_work_items_closed ON work_items(closed_at) WHERE closed_at IS NOT NULL;
CREATE UNIQUE INDEX ux_work_items_subtask
  ON work_items(subtask_id) WHERE subtask_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE work_item_dependencies ( -- item_id depends on depends_on_id; one direction only
  item_id TEXT NOT NULL REFERENCES work_items(id) ON DELETE CASCADE,
  depends_on_id TEXT NOT NULL REFERENCES work_items(id) ON DELETE CASCADE,
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, PRIMARY KEY (item_id, depends_on_id),
  CHECK (item_id <> depends_on_id)
) STRICT;
CREATE INDEX ix_work_item_dependencies_target ON work_item_dependencies(depends_on_id);

CREATE TABLE archived_work_items ( -- read-only copies; no foreign keys
  id TEXT PRIMARY KEY, item_type TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
  proof TEXT, status_reason TEXT,
  parent_id TEXT, path TEXT NOT NULL, depth INTEGER NOT NULL, branch_name TEXT, commit_hash TEXT,
  pr_number INTEGER,
  metadata TEXT NOT NULL, plan_id TEXT, subtask_id TEXT, acceptance_spec_id TEXT, closed_at TEXT,
  deleted_at TEXT,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  updated_at TEXT NOT NULL, updated_by TEXT NOT NULL,
  links TEXT NOT NULL CHECK (json_valid(links)), -- {depends_on: [], blocks: []} at the time
  archived_at TEXT NOT NULL, archived_by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_archived_work_items_time ON archived_work_items(archived_at DESC, item_type);

CREATE TABLE agent_specs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100 AND name NOT GLOB '*[^a-z0-9-]*'
                            AND name NOT LIKE '-%' AND name NOT LIKE '%-'),
  revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
  spec_version TEXT NOT NULL DEFAULT 'v1',
  display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 255),
  icon TEXT CHECK (length(icon) <= 50),
  objective TEXT NOT NULL CHECK (length(objective) BETWEEN 10 AND 20000),
  task_type TEXT NOT NULL
    CHECK (task_type IN ('coding','testing','refactoring','documentation','audit','custom')),
  agent_key TEXT, -- which agent; NULL: the workspace default
  context TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(context)),
  tool_policy TEXT NOT NULL CHECK (json_valid(tool_policy)),
  max_turns INTEGER NOT NULL DEFAULT 50 CHECK (max_turns BETWEEN 1 AND 500),
  timeout_seconds INTEGER NOT NULL DEFAULT 1800 CHECK (timeout_seconds BETWEEN 60 AND 7200),
  max_tokens INTEGER CHECK (max_tokens >= 1000),
  max_cost_micros INTEGER CHECK (max_cost_micros >= 0),
  priority INTEGER NOT NULL DEFAULT 500 CHECK (priority BETWEEN 1 AND 9999), -- lower runs first
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags) AND json_array_length(tags) <= 20),
  parent_spec_id TEXT REFERENCES agent_specs(id) ON DELETE RESTRICT,
  source_subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  spec_path TEXT CHECK (length(spec_path) <= 500),
  retired_at TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  UNIQUE (name, revision)
) STRICT;
CREATE UNIQUE INDEX ux_agent_specs_current ON agent_specs(name) WHERE retired_at IS NULL;
CREATE INDEX ix_agent_specs_subtask ON agent_specs(source_subtask_id);
CREATE INDEX ix_agent_specs_task_type ON agent_specs(task_type);
CREATE INDEX ix_agent_specs_created ON agent_specs(created_at);

CREATE TABLE acceptance_specs (
  id TEXT PRIMARY KEY,
  -- NULL: belongs to a work item
  agent_spec_id TEXT UNIQUE REFERENCES agent_specs(id) ON DELETE RESTRICT,
  validators TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(validators) AND json_array_length(validators) <= 20),
  gate_mode TEXT NOT NULL DEFAULT 'all_pass'
    CHECK (gate_mode IN ('all_pass','any_pass','weighted')),
  min_score REAL CHECK (min_score BETWEEN 0 AND 1),
  retry_policy TEXT NOT NULL DEFAULT 'none' CHECK (retry_policy IN ('none','fixed','exponential')),
  max_retries INTEGER NOT NULL DEFAULT 0 CHECK (max_retries BETWEEN 0 AND 10),
  retry_delay_ms INTEGER NOT NULL DEFAULT 1000 CHECK (retry_delay_ms BETWEEN 0 AND 3600000),
  fallback_spec_id TEXT REFERENCES agent_specs(id) ON DELETE RESTRICT,
  created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  CHECK ((gate_mode = 'weighted') = (min_score IS NOT NULL)),
  CHECK ((retry_policy = 'none') = (max_retries = 0)),
  CHECK (fallback_spec_id IS NULL OR fallback_spec_id IS NOT agent_spec_id)
) STRICT;

CREATE TABLE runs (
  id TEXT PRIMARY KEY, agent_spec_id TEXT NOT NULL REFERENCES agent_specs(id) ON DELETE RESTRICT,
  plan_id TEXT REFERENCES plans(id) ON DELETE RESTRICT,
  plan_execution_id TEXT REFERENCES plan_executions(id) ON DELETE RESTRICT,
  subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT, work_item_id TEXT, -- guarded id
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  previous_run_id TEXT REFERENCES runs(id) ON DELETE RESTRICT,
  started_because TEXT NOT NULL
    CHECK (started_because IN ('first','retry','fallback','route','trigger','resume','manual')),
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
    ('queued','spawning','running','waiting','paused','verifying','merging','cancelling','ended')),
  outcome TEXT
    CHECK (outcome IN ('completed','failed','timed_out','over_budget','cancelled','interrupted')),
  verdict TEXT CHECK (verdict IN ('passed','failed','partial','error','unverified')),
  stop_reason TEXT, error_code TEXT, error TEXT,
  agent_key TEXT NOT NULL, agent_version TEXT, model TEXT, agent_session TEXT,
  base_commit TEXT, branch_name TEXT, worktree_path TEXT, head_commit TEXT, merge_commit TEXT,
  process_id INTEGER, process_started_at TEXT, process_marker TEXT, engine_id TEXT,
  turns_used INTEGER NOT NULL DEFAULT 0 CHECK (turns_used >= 0),
  tokens_in INTEGER NOT NULL DEFAULT 0 CHECK (tokens_in >= 0),
  tokens_out INTEGER NOT NULL DEFAULT 0 CHECK (tokens_out >= 0),
  cost_micros INTEGER CHECK (cost_micros >= 0), -- NULL: the agent did not say
  counts_as_attempt INTEGER NOT NULL DEFAULT 1 CHECK (counts_as_attempt IN (0,1)),
  paused_ms INTEGER NOT NULL DEFAULT 0 CHECK (paused_ms >= 0), retry_not_before TEXT,
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, started_at TEXT, ended_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK ((state = 'ended') = (outcome IS NOT NULL)),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK (verdict IS NOT 'passed' OR outcome IS NULL OR outcome = 'completed')
) STRICT;
CREATE UNIQUE INDEX ux_runs_live_subtask
  ON runs(subtask_id) WHERE subtask_id IS NOT NULL AND state <> 'ended';
CREATE UNIQUE INDEX ux_runs_attempt ON runs(subtask_id, attempt) WHERE subtask_id IS NOT NULL;
CREATE UNIQUE INDEX ux_runs_attempt_item
  ON runs(work_item_id, attempt) WHERE subtask_id IS NULL AND work_item_id IS NOT NULL;
CREATE UNIQUE INDEX ux_runs_live_work_item
  ON runs(work_item_id) WHERE work_item_id IS NOT NULL AND state <> 'ended';
CREATE INDEX ix_runs_spec_state ON runs(agent_spec_id, state);
CREATE INDEX ix_runs_live ON runs(state) WHERE state <> 'ended';
CREATE INDEX ix_runs_created ON runs(created_at);
CREATE INDEX ix_runs_work_item ON runs(work_item_id);

CREATE TABLE artifacts (
  id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE RESTRICT,
  -- open word
  artifact_type TEXT NOT NULL CHECK (artifact_type GLOB '[a-z]*' AND length(artifact_type) <= 50),
  path TEXT CHECK (length(path) <= 500), -- the file it is about, relative to the worktree
  content_hash TEXT NOT NULL
    CHECK (length(content_hash) = 64 AND content_hash NOT GLOB '*[^0-9a-f]*'),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  storage TEXT NOT NULL CHECK (storage IN ('inline','file','pruned')),
  content_inline TEXT, metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  created_at TEXT NOT NULL,
  CHECK ((storage = 'inline') = (content_inline IS NOT NULL)),
  CHECK (storage <> 'inline'
    OR (size_bytes <= 4096 AND length(CAST(content_inline AS BLOB)) = size_bytes))
) STRICT;
CREATE UNIQUE INDEX ux_artifacts_content
  ON artifacts(run_id, artifact_type, content_hash, coalesce(path, ''));
CREATE INDEX ix_artifacts_hash ON artifacts(content_hash);

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE RESTRICT,
  sequence INTEGER NOT NULL CHECK (sequence >= 1),
  event_type TEXT NOT NULL
    CHECK (length(event_type) BETWEEN 1 AND 50 AND event_type NOT GLOB '*[^a-z0-9_]*'),
  occurred_at TEXT NOT NULL, actor TEXT NOT NULL, tool_name TEXT CHECK (length(tool_name) <= 100),
  payload TEXT
    CHECK (payload IS NULL OR (json_valid(payload) AND length(CAST(payload AS BLOB)) <= 4096)),
  payload_bytes INTEGER CHECK (payload_bytes > 4096), -- original size, only when it did not fit
  artifact_id TEXT REFERENCES artifacts(id) ON DELETE RESTRICT,
  UNIQUE (run_id, sequence), CHECK (payload_bytes IS NULL OR artifact_id IS NOT NULL)
) STRICT;
CREATE INDEX ix_events_type ON events(run_id, event_type);
CREATE INDEX ix_events_time ON events(occurred_at);

CREATE TABLE permission_requests (
  id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE RESTRICT,
  tool_name TEXT, summary TEXT NOT NULL, options TEXT NOT NULL CHECK (json_valid(options)),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','answered','expired','cancelled')),
  answer TEXT, answered_by TEXT, answered_at TEXT, created_at TEXT NOT NULL,
  CHECK ((state = 'answered') = (answer IS NOT NULL))
) STRICT;
CREATE INDEX ix_permission_requests_open ON permission_requests(run_id) WHERE state = 'open';

CREATE TABLE budgets ( -- limits above a single run; NULL: unlimited
  id TEXT PRIMARY KEY, scope TEXT NOT NULL CHECK (scope IN ('workspace_day','plan','subtask')),
  scope_ref TEXT,
  max_wall_ms INTEGER, max_turns INTEGER, max_tokens INTEGER, max_cost_micros INTEGER,
  max_runs INTEGER,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK ((scope = 'workspace_day') = (scope_ref IS NULL))
) STRICT;
CREATE UNIQUE INDEX ux_budgets_scope ON budgets(scope, coalesce(scope_ref, ''));

CREATE TABLE verifications ( -- one evaluation of one acceptance on one commit
  id TEXT PRIMARY KEY, run_id TEXT REFERENCES runs(id) ON DELETE RESTRICT,
  subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT, work_item_id TEXT,
  gate_id TEXT REFERENCES gates(id) ON DELETE RESTRICT,
  acceptance_spec_id TEXT REFERENCES acceptance_specs(id) ON DELETE RESTRICT,
  -- snapshot, in case the spec is retired
  validators TEXT NOT NULL CHECK (json_valid(validators)),
  gate_mode TEXT NOT NULL CHECK (gate_mode IN ('all_pass','any_pass','weighted')), min_score REAL,
  tree TEXT NOT NULL CHECK (tree IN ('worktree','merged','workspace')),
  commit_hash TEXT CHECK (length(commit_hash) = 40),
  dirty INTEGER NOT NULL DEFAULT 0 CHECK (dirty IN (0,1)),
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued','running','ended')),
  verdict TEXT CHECK (verdict IN ('passed','failed','partial','error','unverified')), score REAL,
  message TEXT,
  requested_by TEXT NOT NULL, created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT,
  CHECK ((state = 'ended') = (verdict IS NOT NULL)),
  CHECK (subtask_id IS NOT NULL OR work_item_id IS NOT NULL OR gate_id IS NOT NULL
    OR run_id IS NOT NULL),
  CHECK (verdict IS NOT 'passed' OR (commit_hash IS NOT NULL AND dirty = 0))
) STRICT;
CREATE INDEX ix_verifications_subtask ON verifications(subtask_id, created_at);
CREATE INDEX ix_verifications_run ON verifications(run_id);

CREATE TABLE check_results (
  id TEXT PRIMARY KEY,
  verification_id TEXT NOT NULL REFERENCES verifications(id) ON DELETE RESTRICT,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0), validator_type TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  required INTEGER NOT NULL CHECK (required IN (0,1)),
  weight REAL NOT NULL CHECK (weight BETWEEN 0 AND 10),
  outcome TEXT CHECK (outcome IN ('passed','failed','error','skipped')), -- NULL: not ended yet
  score REAL CHECK (score BETWEEN 0 AND 1), message TEXT NOT NULL DEFAULT '', exit_code INTEGER,
  details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details)),
  duration_ms INTEGER CHECK (duration_ms >= 0),
  artifact_id TEXT REFERENCES artifacts(id) ON DELETE RESTRICT,
  UNIQUE (verification_id, ordinal)
) STRICT;

CREATE TABLE claims ( -- what a file, an agent or a person SAYS about an item
  id TEXT PRIMARY KEY, subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  work_item_id TEXT,
  run_id TEXT REFERENCES runs(id) ON DELETE RESTRICT,
  source TEXT NOT NULL CHECK (source IN ('file','agent','import','person')),
  says TEXT NOT NULL CHECK (says IN ('done','failed','blocked','skipped','in_progress')),
  evidence TEXT CHECK (length(evidence) <= 4096), source_ref TEXT,
  disposition TEXT NOT NULL DEFAULT 'open'
    CHECK (disposition IN ('open','confirmed','accepted','refuted','withdrawn')),
  verification_id TEXT REFERENCES verifications(id) ON DELETE RESTRICT, disposed_by TEXT,
  disposed_at TEXT, reason TEXT,
  made_at TEXT NOT NULL, made_by TEXT NOT NULL,
  CHECK ((subtask_id IS NOT NULL) + (work_item_id IS NOT NULL) = 1),
  CHECK ((disposition = 'open') = (disposed_at IS NULL)),
  CHECK (disposition <> 'confirmed' OR verification_id IS NOT NULL)
) STRICT;
CREATE INDEX ix_claims_subtask ON claims(subtask_id, made_at);
CREATE INDEX ix_claims_work_item ON claims(work_item_id, made_at);

CREATE TABLE command_approvals ( -- exact text, exact place, once
  text_hash TEXT NOT NULL CHECK (length(text_hash) = 64), command TEXT NOT NULL,
  working_directory TEXT NOT NULL DEFAULT '.',
  source_path TEXT, approved_by TEXT NOT NULL, approved_at TEXT NOT NULL, revoked_at TEXT,
  PRIMARY KEY (text_hash, approved_at)
) STRICT;

CREATE TABLE agent_states (
  agent_key TEXT PRIMARY KEY,
  state TEXT NOT NULL DEFAULT 'ok' CHECK (state IN ('ok','paused','broken')),
  reason TEXT, failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), retry_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL
) STRICT;

CREATE TABLE gates (
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE RESTRICT,
  gate_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('human','checkpoint')), title TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  trigger_type TEXT NOT NULL
    CHECK (trigger_type IN ('after_phase','before_phase','after_subtask','manual')),
  trigger_phase_id TEXT REFERENCES phases(id) ON DELETE RESTRICT,
  -- as written
  trigger_subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT, trigger_text TEXT,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting','open','approved','rejected','overridden','cancelled')),
  round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1), opened_at TEXT, removed_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK ((trigger_type IN ('after_phase','before_phase')) = (trigger_phase_id IS NOT NULL)),
  CHECK ((trigger_type = 'after_subtask') = (trigger_subtask_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX ux_gates_key ON gates(plan_id, gate_key) WHERE removed_at IS NULL;

CREATE TABLE gate_criteria (
  id TEXT PRIMARY KEY, gate_id TEXT NOT NULL REFERENCES gates(id) ON DELETE RESTRICT,
  position INTEGER NOT NULL,
  text TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'manual' CHECK (kind IN ('manual','check')),
  validator TEXT CHECK (validator IS NULL OR json_valid(validator)),
  state TEXT NOT NULL DEFAULT 'unchecked' CHECK (state IN ('unchecked','met','unmet','waived')),
  verification_id TEXT REFERENCES verifications(id) ON DELETE RESTRICT, checked_by TEXT,
  checked_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (gate_id, position), CHECK ((kind = 'check') = (validator IS NOT NULL))
) STRICT;

CREATE TABLE gate_decisions ( -- append-only
  id TEXT PRIMARY KEY, gate_id TEXT NOT NULL REFERENCES gates(id) ON DELETE RESTRICT,
  round INTEGER NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve','reject','override','reopen')),
  -- snapshot of states at the decision
  reason TEXT, criteria TEXT NOT NULL CHECK (json_valid(criteria)),
  decided_by TEXT NOT NULL CHECK (decided_by LIKE 'person:%'), decided_at TEXT NOT NULL,
  CHECK (decision = 'approve' OR (reason IS NOT NULL AND length(trim(reason)) > 0))
) STRICT;
CREATE INDEX ix_gate_decisions_gate ON gate_decisions(gate_id, decided_at);

CREATE TABLE routing_rules ( -- the smart router, as data
  id TEXT PRIMARY KEY, plan_id TEXT REFERENCES plans(id) ON DELETE RESTRICT, -- NULL: every plan
  -- '_default' catches the rest
  rejection_type TEXT NOT NULL CHECK (rejection_type NOT GLOB '*[^a-z_]*'),
  handler_kind TEXT NOT NULL CHECK (handler_kind IN ('same_run','agent_spec','person')),
  handler TEXT,
  max_rounds INTEGER NOT NULL DEFAULT 3 CHECK (max_rounds BETWEEN 1 AND 20),
  escalate_to TEXT NOT NULL DEFAULT 'person',
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)), deleted_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  CHECK ((handler_kind = 'agent_spec') = (handler IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX ux_routing_rules
  ON routing_rules(coalesce(plan_id, ''), rejection_type) WHERE deleted_at IS NULL;

CREATE TABLE rejections (
  id TEXT PRIMARY KEY, subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  work_item_id TEXT,
  run_id TEXT REFERENCES runs(id) ON DELETE RESTRICT,
  verification_id TEXT REFERENCES verifications(id) ON DELETE RESTRICT,
  gate_decision_id TEXT REFERENCES gate_decisions(id) ON DELETE RESTRICT,
  rejection_type TEXT NOT NULL
    CHECK (length(rejection_type) <= 50 AND rejection_type NOT GLOB '*[^a-z_]*'),
  reason TEXT NOT NULL CHECK (length(trim(reason)) BETWEEN 1 AND 4000),
  round INTEGER NOT NULL CHECK (round >= 1),
  routed_to TEXT, resolved_at TEXT, resolved_by TEXT,
  resolution TEXT CHECK (resolution IN ('fixed','withdrawn','overridden')),
  created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  CHECK ((subtask_id IS NOT NULL) + (work_item_id IS NOT NULL) = 1),
  CHECK ((resolved_at IS NULL) = (resolution IS NULL))
) STRICT;
CREATE INDEX ix_rejections_open ON rejections(subtask_id, rejection_type) WHERE resolved_at IS NULL;

CREATE TABLE escalations (
  id TEXT PRIMARY KEY, subtask_id TEXT REFERENCES subtasks(id) ON DELETE RESTRICT,
  work_item_id TEXT,
  run_id TEXT REFERENCES runs(id) ON DELETE RESTRICT,
  rejection_id TEXT REFERENCES rejections(id) ON DELETE RESTRICT,
  reason_code TEXT NOT NULL
    CHECK (reason_code IN ('rejections_exhausted','attempts_exhausted','over_budget',
      'merge_conflict','stuck','manual')),
  detail TEXT NOT NULL DEFAULT '', escalated_to TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending','acknowledged','resolved','cancelled')),
  resolution TEXT, created_at TEXT NOT NULL, acknowledged_at TEXT, acknowledged_by TEXT,
  resolved_at TEXT, resolved_by TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  CHECK ((subtask_id IS NOT NULL) + (work_item_id IS NOT NULL) = 1),
  CHECK ((status IN ('resolved','cancelled')) = (resolved_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX ux_escalations_open
  ON escalations(coalesce(subtask_id, work_item_id), reason_code)
  WHERE status IN ('pending','acknowledged'); -- one open at a time; a later one is allowed

CREATE TABLE triggers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- id or workflow_type; NULL: any
  source_kind TEXT NOT NULL CHECK (source_kind IN ('plan','phase','subtask','work_item','gate')),
  source_ref TEXT,
  fires_on TEXT NOT NULL
    CHECK (fires_on IN ('on_complete','on_approve','on_reject','on_fail','manual')),
  action TEXT NOT NULL
    CHECK (action IN ('start_plan','start_subtask','run_spec','create_work_item','notify')),
  target_ref TEXT, config TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config)),
  needs_confirmation INTEGER NOT NULL DEFAULT 1 CHECK (needs_confirmation IN (0,1)),
  max_chain INTEGER NOT NULL DEFAULT 5 CHECK (max_chain BETWEEN 1 AND 20),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)), deleted_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), created_at TEXT NOT NULL,
  created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL,
  CHECK (action = 'notify' OR target_ref IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX ux_triggers_name ON triggers(name) WHERE deleted_at IS NULL;

CREATE TABLE trigger_firings ( -- append-only but for state
  id TEXT PRIMARY KEY, trigger_id TEXT NOT NULL REFERENCES triggers(id) ON DELETE RESTRICT,
  cause_key TEXT NOT NULL, -- e.g. 'plan:<id>:completed:<version>': fires once per cause
  chain_id TEXT NOT NULL, parent_firing_id TEXT REFERENCES trigger_firings(id) ON DELETE RESTRICT,
  chain_position INTEGER NOT NULL CHECK (chain_position >= 1),
  state TEXT NOT NULL
    CHECK (state IN ('waiting','fired','refused_cycle','refused_depth','declined','failed')),
  started_ref TEXT, message TEXT, created_at TEXT NOT NULL, decided_by TEXT,
  UNIQUE (trigger_id, cause_key)
) STRICT;

CREATE TABLE vendors (
  id TEXT PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100),
  status TEXT NOT NULL DEFAULT 'operational' CHECK (status IN ('operational','broken')),
  extractor_version TEXT CHECK (length(extractor_version) BETWEEN 1 AND 50),
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)), deleted_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), created_at TEXT NOT NULL,
  created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_vendors_name ON vendors(name) WHERE deleted_at IS NULL;

CREATE TABLE deployments ( -- immutable; a correction is a new row
  id TEXT PRIMARY KEY, deployed_at TEXT NOT NULL,
  commit_hash TEXT NOT NULL CHECK (length(commit_hash) = 40 AND commit_hash NOT GLOB '*[^0-9a-f]*'),
  metadata TEXT NOT NULL CHECK (json_valid(metadata)),
  corrects_id TEXT REFERENCES deployments(id) ON DELETE RESTRICT,
  idempotency_key TEXT UNIQUE, created_at TEXT NOT NULL, created_by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_deployments_time ON deployments(deployed_at DESC);

CREATE TABLE deployment_vendors (
  deployment_id TEXT NOT NULL REFERENCES deployments(id) ON DELETE RESTRICT,
  vendor_id TEXT NOT NULL REFERENCES vendors(id) ON DELETE RESTRICT,
  PRIMARY KEY (deployment_id, vendor_id)
) STRICT;
CREATE INDEX ix_deployment_vendors_vendor ON deployment_vendors(vendor_id);

CREATE TABLE deployment_work_items (
  deployment_id TEXT NOT NULL REFERENCES deployments(id) ON DELETE RESTRICT,
  work_item_id TEXT NOT NULL, PRIMARY KEY (deployment_id, work_item_id)
) STRICT;
CREATE INDEX ix_deployment_work_items_item ON deployment_work_items(work_item_id);

CREATE TABLE enhancements (
  id TEXT PRIMARY KEY, title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  description TEXT NOT NULL DEFAULT '',
  priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5), -- 1 highest
  status TEXT NOT NULL DEFAULT 'planned'
    CHECK (status IN ('planned','approved','implementing','completed','dropped')),
  target_quarter TEXT CHECK (target_quarter GLOB '[0-9][0-9][0-9][0-9]-Q[1-4]'),
  principles TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(principles)), work_item_id TEXT,
  deleted_at TEXT,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1), created_at TEXT NOT NULL,
  created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_enhancements_live ON enhancements(status, priority) WHERE deleted_at IS NULL;

CREATE TABLE enhancement_dependencies (
  enhancement_id TEXT NOT NULL REFERENCES enhancements(id) ON DELETE CASCADE,
  depends_on_id TEXT NOT NULL REFERENCES enhancements(id) ON DELETE CASCADE,
  PRIMARY KEY (enhancement_id, depends_on_id), CHECK (enhancement_id <> depends_on_id)
) STRICT;

CREATE TABLE leases (
  id TEXT PRIMARY KEY, resource_kind TEXT NOT NULL CHECK (resource_kind IN ('subtask','work_item')),
  resource_id TEXT NOT NULL,
  owner TEXT NOT NULL CHECK (length(owner) <= 100),
  token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
  acquired_at TEXT NOT NULL, heartbeat_at TEXT NOT NULL, expires_at TEXT NOT NULL,
  released_at TEXT,
  release_reason TEXT CHECK (release_reason IN ('released','completed','expired','revoked')),
  CHECK ((released_at IS NULL) = (release_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX ux_leases_live ON leases(resource_kind, resource_id) WHERE released_at IS NULL;

CREATE TABLE imports (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, source_path TEXT NOT NULL,
  source_hash TEXT NOT NULL CHECK (length(source_hash) = 64),
  state TEXT NOT NULL CHECK (state IN ('running','succeeded','failed','rolled_back')),
  -- stated, found, stored, per kind; unread lines
  reconciliation TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(reconciliation)),
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, ended_at TEXT
) STRICT;

CREATE TABLE journal ( -- append-only: every change that is not a run's event
  id INTEGER PRIMARY KEY AUTOINCREMENT, occurred_at TEXT NOT NULL, actor TEXT NOT NULL,
  entity TEXT NOT NULL, entity_id TEXT NOT NULL, action TEXT NOT NULL, from_version INTEGER,
  to_version INTEGER,
  changes TEXT NOT NULL DEFAULT '{}'
    CHECK (json_valid(changes) AND length(CAST(changes AS BLOB)) <= 4096),
  reason TEXT
) STRICT;
CREATE INDEX ix_journal_entity ON journal(entity, entity_id, id);
CREATE TABLE applied_commands ( -- first answers of commands that carried an idempotency key
  key TEXT PRIMARY KEY, answer TEXT NOT NULL CHECK (json_valid(answer)), applied_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER gate_decisions_no_update BEFORE UPDATE ON gate_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER gate_decisions_no_delete BEFORE DELETE ON gate_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
CREATE TRIGGER runs_ended BEFORE UPDATE ON runs WHEN OLD.state = 'ended'
BEGIN SELECT RAISE(ABORT, 'run has ended'); END;
CREATE TRIGGER agent_specs_frozen
  BEFORE UPDATE OF name, revision, objective, task_type, agent_key, context, tool_policy, max_turns,
    timeout_seconds, max_tokens, max_cost_micros ON agent_specs
BEGIN SELECT RAISE(ABORT, 'specs are immutable'); END;
CREATE TRIGGER acceptance_specs_frozen BEFORE UPDATE ON acceptance_specs
BEGIN SELECT RAISE(ABORT, 'specs are immutable'); END;

-- Ids in history have no foreign key, so that archiving neither rewrites nor orphans it.
CREATE TRIGGER runs_work_item BEFORE INSERT ON runs
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER verifications_work_item BEFORE INSERT ON verifications
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER claims_work_item BEFORE INSERT ON claims
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER rejections_work_item BEFORE INSERT ON rejections
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER escalations_work_item BEFORE INSERT ON escalations
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER enhancements_work_item BEFORE INSERT ON enhancements
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER enhancements_new_work_item BEFORE UPDATE OF work_item_id ON enhancements
  WHEN NEW.work_item_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER deployment_work_items_item BEFORE INSERT ON deployment_work_items
  WHEN NOT EXISTS (SELECT 1 FROM work_items WHERE id = NEW.work_item_id)
   AND NOT EXISTS (SELECT 1 FROM archived_work_items WHERE id = NEW.work_item_id)
BEGIN SELECT RAISE(ABORT, 'no such work item'); END;
CREATE TRIGGER project_configuration_session BEFORE INSERT ON project_configuration
  WHEN NEW.current_session_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM work_items WHERE id = NEW.current_session_id AND item_type = 'session')
BEGIN SELECT RAISE(ABORT, 'no such session'); END;
CREATE TRIGGER project_configuration_new_session
  BEFORE UPDATE OF current_session_id ON project_configuration
  WHEN NEW.current_session_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM work_items WHERE id = NEW.current_session_id AND item_type = 'session')
BEGIN SELECT RAISE(ABORT, 'no such session'); END;
`;

/** The kinds of rejection that the agent itself can mend; everything else is a person's. */
const mendedByAgent = ['style', 'mechanics', 'clarity', 'scope', 'other', 'verification'];

function seed({ connection, now, newId }: Seeding): void {
  connection.run(
    'INSERT INTO project_configuration (id, updated_at, updated_by) VALUES (1, ?, ?)',
    now,
    'engine',
  );
  const rules = mendedByAgent.map((type) => ({ type, handler: 'same_run' }));
  for (const { type, handler } of [...rules, { type: '_default', handler: 'person' }]) {
    connection.run(
      `INSERT INTO routing_rules (id, rejection_type, handler_kind, updated_at, updated_by)
       VALUES (?, ?, ?, ?, ?)`,
      newId(),
      type,
      handler,
      now,
      'engine',
    );
  }
}

export const initial: Migration = { version: 1, name: 'initial', sql, seed };
