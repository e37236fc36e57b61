import { command, query } from '../command';
import {
  insertWorkItem,
  liveWorkItems,
  readWorkItem,
  stepWorkItem,
  workItemChildren,
  type NewWorkItem,
} from './work-item-rows';

export const workItems = {
  /** Returns the id. Errors: `not_found` (the parent), `limit`. */
  create: command('workItems.create', (tx, item: NewWorkItem): string => insertWorkItem(tx, item)),

  /** Errors: `not_found`, `invalid_transition`. */
  step: command(
    'workItems.step',
    (tx, step: { id: string; to: NewWorkItem['status']; reason: string | null }): void =>
      stepWorkItem(tx, step),
  ),

  byId: query('workItems.byId', (db, id: string) => readWorkItem(db, id)),

  /** All that are not deleted, parents before their children. */
  all: query('workItems.all', (db) => liveWorkItems(db)),

  /** Those directly below an item; `null`: those without a parent. */
  childrenOf: query('workItems.childrenOf', (db, parentId: string | null) =>
    workItemChildren(db, parentId),
  ),
};
