import type { PlanSource } from '../formats/format';
import type { PlanReading } from '../model/plan';
import { Positions } from './positions';

/** A plan file as the features see it: made anew for each version of its text. */
export interface PlanDocument {
  path: string;
  text: string;
  reading: PlanReading;
  positions: Positions;
}

export function planDocument(source: PlanSource, reading: PlanReading): PlanDocument {
  const { path, text } = source;
  return { path, text, reading, positions: new Positions(text) };
}
