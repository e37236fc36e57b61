import type { PlanSource } from '../format';
import { markdownLines, type MarkdownLine } from '../markdown';
import { baseName } from '../text';
import { besides } from './dialect';
import type { Scan } from './scan';

const kinds =
  /^(?:implementation\s+|development\s+)?(?:tasks?|plan)(?:\s+(?:list|document|plan|breakdown))?|^(?:实施计划|实现计划|任务(?:列表|清单|文档)?|實作計畫|實施計畫|任務(?:列表|清單|文件)?|実装(?:計画|タスク|プラン)|タスク(?:一覧|リスト|ドキュメント)?|구현\s*계획)/i;

/** What the level-1 title says beside its kind, else the spec's folder. */
export function titleOf({ lines }: Scan, path: string): string {
  const title = lines.find(({ heading }) => heading?.level === 1)?.heading?.title.trim() ?? '';
  const kind = kinds.exec(title)?.[0] ?? '';
  const rest = title.slice(kind.length);
  const named = kind === '' ? title : /^\s*[:：—–-]\s*(\S.*)$/.exec(rest)?.[1];
  if (named !== undefined && named !== '') return named;
  if (kind !== '' && rest !== '' && !/^\s*[:：]?\s*$/.test(rest)) return title;
  return folderOf(path);
}

function folderOf(path: string): string {
  const name = baseName(path);
  const folder = path.split('/').at(-2);
  return name === 'tasks.md' && folder !== undefined ? folder : name.replace(/\.md$/i, '');
}

/** The first paragraph of the overview, else of the introduction to the requirements. */
export function descriptionOf({ lines }: Scan, { path, others }: PlanSource): string {
  const own = paragraphBelow(lines, /^(?:overview|概要|概述)$/i);
  const requirements = others?.get(besides(path, 'requirements.md'));
  if (own !== '' || requirements === undefined) return own;
  return paragraphBelow(
    markdownLines(requirements.text),
    /^(?:introduction|overview|简介|簡介|概要|概述|はじめに)$/i,
  );
}

function paragraphBelow(lines: readonly MarkdownLine[], title: RegExp): string {
  const at = lines.findIndex(({ heading }) => heading !== null && title.test(heading.title));
  if (at < 0) return '';
  const start = lines.findIndex(({ blank }, index) => index > at && !blank);
  const text: string[] = [];
  for (const line of start < 0 ? [] : lines.slice(start)) {
    if (line.blank || line.heading !== null || line.kind !== 'text') break;
    if (/^\s*[-*+]\s+\[.\]/.test(line.text)) break;
    text.push(line.text.trim());
  }
  return text.join(' ');
}
