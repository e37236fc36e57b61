import { correctId } from './correct-id';
import { breakCycle, dropDependency } from './drop-dependency';
import type { Fixer } from './fix';
import {
  addFrontMatter,
  addSchemaVersion,
  addStatus,
  closeFrontMatter,
  dropParent,
} from './front-matter';
import { closedAt, closeEpic, dropDuplicateKey, initialStatus } from './json-rows';
import { dropParallelMark, takeParallelBack } from './parallel';
import { renumber, renumberInGroup } from './renumber';
import { knownStatus, tickContradicted, tickedTooSoon } from './set-status';
import { shiftIndices } from './shift-indices';
import { agreeOnStory } from './story-drift';
import { tickCriteria, tickSteps } from './tick-steps';

/** In the order in which their fixes are offered. */
export const fixers: readonly Fixer[] = [
  correctId,
  shiftIndices,
  dropDependency,
  breakCycle,
  tickedTooSoon,
  tickContradicted,
  tickSteps,
  tickCriteria,
  initialStatus,
  addStatus,
  knownStatus,
  closeEpic,
  closedAt,
  agreeOnStory,
  renumber,
  renumberInGroup,
  dropParallelMark,
  takeParallelBack,
  dropDuplicateKey,
  dropParent,
  closeFrontMatter,
  addSchemaVersion,
  addFrontMatter,
];
