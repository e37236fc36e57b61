import type { Line } from '../text';
import {
  deploymentHeading,
  emptyDeployment,
  enhancementOf,
  formatsIn,
  readDeploymentLine,
  saysNothing,
  testsIn,
  versionIn,
  type Findings,
} from './status-lines';
import type { DeploymentRow, EnhancementRow, SessionRow, VendorRow } from './status-rows';
import type { Section } from './status-sections';

// Sections of reports kept by hand; deployments and enhancements of generated ones too.

export interface ReadVendor {
  row: VendorRow;
  line: Line;
}

const vendor = /^-\s+(?:\*\*)?([^:]{1,200}?)(?:\*\*)?:\s*(operational|broken)\b(.*)$/i;

/** `- name: operational (10/12 tests passed, 2 skipped) [Excel, CSV] v1.2.3` */
export function readLegacyVendors(lines: readonly Line[], findings: Findings): ReadVendor[] {
  return lines.flatMap((line): ReadVendor[] => {
    const [, name, status = '', rest = ''] = vendor.exec(line.text) ?? [];
    if (name === undefined) {
      if (!saysNothing(line)) findings.notUnderstood(line);
      return [];
    }
    const row: VendorRow = {
      name: name.trim(),
      status: status.toLowerCase() === 'broken' ? 'broken' : 'operational',
      tests: testsIn(rest),
      formats: formatsIn(rest) ?? [],
      version: versionIn(rest),
    };
    return [{ row, line }];
  });
}

export function readDeployments(section: Section, findings: Findings): DeploymentRow[] {
  const digits = section.generated ? /^(?:[0-9a-f]{7}|[0-9a-f]{40})$/ : /^[0-9a-f]{40}$/;
  const rows: DeploymentRow[] = [];
  for (const line of section.lines) {
    const heading = deploymentHeading(line.text);
    const row = rows.at(-1);
    if (heading !== null) rows.push(emptyDeployment(heading));
    else if (saysNothing(line)) continue;
    else if (row === undefined || !readDeploymentLine(row, line, digits, findings))
      findings.notUnderstood(line);
  }
  return rows;
}

export function readEnhancements(lines: readonly Line[], findings: Findings): EnhancementRow[] {
  return lines.flatMap((line) => {
    const row = enhancementOf(line.text);
    if (row === null && !saysNothing(line)) findings.notUnderstood(line);
    return row ?? [];
  });
}

/** `### Session …`, front matter of its own, and text up to the next one. */
export function readSessions(lines: readonly Line[], findings: Findings): SessionRow[] {
  const rows: SessionRow[] = [];
  let state: 'heading' | 'fields' | 'text' = 'text';
  for (const line of lines) {
    const [, title] = /^###\s+Session\b\s*(.*?)\s*$/.exec(line.text) ?? [];
    const row = rows.at(-1);
    const fence = line.text.trim() === '---';
    if (title !== undefined) {
      rows.push({ title, id: null, tokenBudget: null, text: '' });
      state = 'heading';
    } else if (row === undefined) {
      if (!saysNothing(line)) findings.notUnderstood(line);
    } else if (fence && state !== 'text') state = state === 'heading' ? 'fields' : 'text';
    else if (state === 'fields') readSessionField(row, line, findings);
    else if (line.text.trim() !== '' || row.text !== '') {
      state = 'text';
      row.text += `${line.text}\n`;
    }
  }
  for (const row of rows) row.text = row.text.trimEnd();
  return rows;
}

function readSessionField(row: SessionRow, line: Line, findings: Findings): void {
  const [, name, value = ''] = /^\s*(\w{1,60}):\s*(.*?)\s*$/.exec(line.text) ?? [];
  if (name === 'session_id') row.id = value.replace(/^(["'])(.*)\1$/, '$2');
  else if (name === 'token_budget' && /^\d{1,12}$/.test(value)) row.tokenBudget = Number(value);
  else if (name === undefined && line.text.trim() !== '') findings.notUnderstood(line);
}
