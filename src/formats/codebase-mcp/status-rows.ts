import type { EnhancementPriority } from '../../model/delivery';
import type { SubtaskStatus } from '../../model/status';
import { workItemTypeSchema, type WorkItemType } from '../../model/work-item';

// What a status report holds, as the importer takes it. Everything in it is a claim.

export type VendorFormat = 'excel' | 'csv' | 'pdf' | 'ocr';
export const vendorFormats: readonly VendorFormat[] = ['excel', 'csv', 'pdf', 'ocr'];

export interface VendorRow {
  name: string;
  status: 'operational' | 'broken';
  tests: { passing: number; total: number; skipped: number } | null;
  formats: VendorFormat[];
  /** Without the `v`. */
  version: string | null;
}

export const workItemTypes = workItemTypeSchema.options;

export interface WorkItemRow {
  title: string;
  type: WorkItemType;
  /** 0 for an item without a parent, at most 5. */
  depth: number;
  /** The report's word of today; see `statusOfWord`. */
  status: string;
  /** ISO 8601. */
  createdAt: string | null;
  branch: string | null;
  /** The parent's title: reports name it by nothing else. */
  parent: string | null;
}

export interface DeploymentRow {
  /** ISO 8601; the day alone in older reports. */
  at: string;
  pr: number | null;
  title: string | null;
  /** 7 or 40 hexadecimal digits. */
  commit: string | null;
  /** Counts by name, e.g. `unit: 212`. */
  tests: { name: string; count: number }[];
  compliant: boolean | null;
  vendors: string[];
  workItems: string[];
}

export interface EnhancementRow {
  title: string;
  priority: EnhancementPriority | null;
  /** `2026-Q1` */
  quarter: string | null;
  /** `null`: planned, as all are in reports of others. */
  status: 'approved' | 'implementing' | null;
}

export interface SessionRow {
  title: string;
  id: string | null;
  tokenBudget: number | null;
  text: string;
}

export interface StatusRows {
  vendors: VendorRow[];
  workItems: WorkItemRow[];
  deployments: DeploymentRow[];
  enhancements: EnhancementRow[];
  sessions: SessionRow[];
}

/** A write made while the database was away: shown, and imported only when a person asks. */
export interface FallbackWrite {
  time: string;
  json: string;
  line: number;
}

/** The last one is only in reports of ours. */
export const priorityWords = ['Critical', 'High', 'Medium', 'Low', 'Lowest'] as const;

export function priorityOf(word: string): EnhancementRow['priority'] {
  const priorities = { critical: 1, high: 2, medium: 3, low: 4, lowest: 5 } as const;
  return Object.entries(priorities).find(([name]) => name === word.toLowerCase())?.[1] ?? null;
}

// The words changed over time; old ones are aliases and no mistakes.
const today = new Map([
  ['need to be done', 'pending'],
  ['todo', 'pending'],
  ['planned', 'pending'],
  ['started', 'active'],
  ['wip', 'active'],
  ['in-progress', 'active'],
  ['in progress', 'active'],
  ['in_progress', 'active'],
  ['complete', 'completed'],
  ['done', 'completed'],
  ['passing', 'completed'],
  ['passed', 'completed'],
  ['[x]', 'completed'],
  ['deferred', 'skipped'],
]);
const ours = new Map<string, SubtaskStatus>([
  ['pending', 'pending'],
  ['active', 'in_progress'],
  ['blocked', 'blocked'],
  ['completed', 'claimed'],
  ['in_review', 'in_review'],
  ['needs_attention', 'needs_attention'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
]);

/** The word that reports use today. */
export function reportWord(word: string): string {
  const lower = word.trim().toLowerCase();
  return today.get(lower) ?? lower;
}

/** A report's word in ours; completed is a claim. `null` for an unknown word. */
export function statusOfWord(word: string): SubtaskStatus | null {
  return ours.get(reportWord(word)) ?? null;
}

/** Our status in a report's word. */
export function wordOfStatus(status: SubtaskStatus): string {
  if (status === 'done') return 'completed';
  return [...ours].find(([, own]) => own === status)?.[0] ?? status;
}

/** `2026-03-01 16:40:00 UTC` as ISO 8601; a day alone stays a day. `null` for anything else. */
export function timeOf(text: string): string | null {
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?: ?UTC|Z)?)?$/.exec(text.trim()) ??
    [];
  if (day === undefined) return null;
  return time === undefined ? day : `${day}T${time}Z`;
}

/** ISO 8601 as reports write it. */
export function shownTime(iso: string): string {
  const [, day = iso, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso) ?? [];
  return time === undefined ? day : `${day} ${time} UTC`;
}
