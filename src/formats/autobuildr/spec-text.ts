import type { LineIndex } from '../text';
import { decodeEntities, type Element } from './spec-scan';

/** A specification as its readers see it. */
export interface SpecText {
  path: string;
  /** Without comments; offsets are those of the file. */
  text: string;
  lines: LineIndex;
}

/** The text of an element in lines without their indentation. */
export function contentOf({ text }: SpecText, { contentStart, contentEnd }: Element): string {
  const lines = text.slice(contentStart, contentEnd).trim().split(/\r?\n/);
  return decodeEntities(lines.map((line) => line.trim()).join('\n'));
}
