import { knownAgents } from '../../src/agents/known-agents';
import type { Capabilities } from './agent-capabilities';

const columns: readonly (readonly [keyof Capabilities, string])[] = [
  ['version', 'version'],
  ['asks', 'asks before an edit'],
  ['rejected', 'left of a rejected edit'],
  ['stopped', 'left running after a stop'],
  ['killed', 'left running after `kill -9`'],
  ['resumes', 'continues a conversation'],
  ['resumesKilled', 'also after `kill -9`'],
  ['tokens', 'tokens'],
  ['cost', 'cost'],
  ['continuedUsage', 'usage of a continued run'],
  ['mcp', 'MCP over HTTP'],
];

/** The rows by the key of their agent, as they are told in docs/agents.md. */
export type CapabilityRows = ReadonlyMap<string, Readonly<Record<keyof Capabilities, string>>>;

const begin = '<!-- begin: npx tsx test/agents/capabilities.ts --write -->';
const end = '<!-- end -->';

/** The document with these rows for its table. */
export function withTable(document: string, rows: CapabilityRows): string {
  const [before = '', rest = ''] = document.split(begin);
  const after = rest.split(end)[1] ?? '';
  return `${before}${begin}\n\n${tableOf(rows)}\n\n${end}${after}`;
}

function tableOf(rows: CapabilityRows): string {
  const head = ['key', 'agent', ...columns.map(([, title]) => title)];
  const lines = [...rows].map(([key, cells]) => [
    `\`${key}\``,
    knownAgents.find((agent) => agent.key === key)?.displayName ?? key,
    ...columns.map(([column]) => cells[column]),
  ]);
  const widths = head.map((_, index) =>
    Math.max(...[head, ...lines].map((line) => line[index]?.length ?? 0)),
  );
  const row = (cells: string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = row(widths.map((width) => '-'.repeat(width)));
  return [row(head), rule, ...lines.map(row)].join('\n');
}

/** The rows of the document's table. */
export function rowsOf(document: string): CapabilityRows {
  const table = document.split(begin)[1]?.split(end)[0] ?? '';
  const [, , ...lines] = table.split('\n').filter((line) => line.startsWith('|'));
  return new Map(
    lines.map((line) => {
      const [, key = '', , ...cells] = line.split('|').map((cell) => cell.trim());
      return [key.replaceAll('`', ''), cellsOf(cells)];
    }),
  );
}

function cellsOf(cells: readonly string[]): Record<keyof Capabilities, string> {
  const cell = (name: keyof Capabilities): string =>
    cells[columns.findIndex(([column]) => column === name)] ?? '';
  return {
    version: cell('version'),
    asks: cell('asks'),
    rejected: cell('rejected'),
    stopped: cell('stopped'),
    killed: cell('killed'),
    resumes: cell('resumes'),
    resumesKilled: cell('resumesKilled'),
    tokens: cell('tokens'),
    cost: cell('cost'),
    continuedUsage: cell('continuedUsage'),
    mcp: cell('mcp'),
  };
}
