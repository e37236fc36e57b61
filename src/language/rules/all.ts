import { doneBeforeDependency } from './done-before-dependency';
import { neverReady } from './never-ready';
import { parallelSameFile } from './parallel-same-file';
import type { Rule } from './rule';
import { templatePlaceholder } from './template-placeholder';

export const rules: readonly Rule[] = [
  doneBeforeDependency,
  neverReady,
  parallelSameFile,
  templatePlaceholder,
];
