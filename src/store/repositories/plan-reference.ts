/** SQL for a plan's reference (`planReference` of model/plan.ts) in the table that `alias` names. */
export function referenceIn(alias: string): string {
  return `(${alias}.source_path || iif(${alias}.source_name = '', '', '@' || ${alias}.source_name))`;
}
