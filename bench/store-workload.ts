import type { Command } from '../src/store/command';
import { command } from '../src/store/command';

// A running agent's everyday write: its next event and the counters of its run.

export const ids = { spec: 'spec', run: 'run' };

/** Rows that the workload refers to. */
export const setUp = [
  `INSERT INTO agent_specs (id, name, display_name, objective, task_type, tool_policy, created_at, created_by)
   VALUES ('${ids.spec}', 'bench', 'Bench', 'A row for the benchmark.', 'coding', '{}', '', 'engine')`,
  `INSERT INTO runs (id, agent_spec_id, started_because, state, agent_key, created_at, created_by, updated_at, updated_by)
   VALUES ('${ids.run}', '${ids.spec}', 'first', 'running', 'bench', '', 'engine', '', 'engine')`,
];

export const updateRun = `UPDATE runs SET turns_used = turns_used + 1, tokens_in = tokens_in + 900,
  version = version + 1, updated_at = ? WHERE id = ?`;
export const insertEvent = `INSERT INTO events
  (run_id, sequence, event_type, occurred_at, actor, payload) VALUES (?, ?, ?, ?, ?, ?)`;

const kinds = ['message', 'tool_call', 'tool_result', 'file_change', 'turn_complete'];

/** The values of one event; about as large as an agent's short message. */
export function eventValues(sequence: number): [string, number, string, string, string, string] {
  const payload = JSON.stringify({
    text: 'Looking at the parser before changing how it reads nested lists.',
    tool: 'read_file',
    path: `src/formats/part-${sequence % 97}.ts`,
    tokens: 900,
  });
  const time = new Date(1.7e12 + sequence * 1000).toISOString();
  return [
    ids.run,
    sequence,
    kinds[sequence % kinds.length] ?? 'message',
    time,
    'run:bench',
    payload,
  ];
}

export const recordEvent: Command<{ sequence: number }, null> = command(
  'bench.recordEvent',
  (tx, { sequence }) => {
    tx.run(updateRun, tx.now, ids.run);
    tx.run(insertEvent, ...eventValues(sequence));
    tx.changed('event', ids.run);
    return null;
  },
);
