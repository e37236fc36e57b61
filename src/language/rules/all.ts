import { doneBeforeDependency } from './done-before-dependency';
import { parallelSameFile } from './parallel-same-file';
import type { Rule } from './rule';

export const rules: readonly Rule[] = [doneBeforeDependency, parallelSameFile];
