import { derivationOf, type AgentSpec } from '../model/agent-spec';
import { amountText } from '../model/budget';
import { defaultToolPolicy } from '../model/tool-policy';
import { commandsOf, displayCommand, type Validator } from '../model/validator';
import type { SpecSummaryView, SpecView } from '../protocol/spec-messages';

/** One line of a list of specs. */
export function summaryLine(spec: SpecSummaryView): string {
  const { name, revision, taskType, agent, tags, subtask, retiredAt } = spec;
  const parts = [
    `${name}@${revision}`,
    taskType,
    ...(agent === null ? [] : [`by ${agent}`]),
    spec.displayName,
    ...(subtask === null ? [] : [`for ${subtask.plan} ${subtask.key}`]),
    ...(tags.length === 0 ? [] : [`[${tags.join(', ')}]`]),
    ...(retiredAt === null ? [] : ['(retired)']),
  ];
  return parts.join('  ');
}

/** A spec as people read it, with the rules that made it. */
export function specLines(view: SpecView): string[] {
  const { spec } = view;
  return [
    ...headLines(view),
    limitsLine(spec),
    '',
    ...spec.objective.split('\n').map((line) => `  ${line}`.trimEnd()),
    '',
    ...acceptanceLines(view),
    ...policyLines(spec),
    ...ruleLines(spec),
  ];
}

function headLines({ spec, ...view }: SpecView): string[] {
  const which =
    view.revision === 0
      ? 'not stored yet'
      : `revision ${view.revision}, by ${view.createdBy ?? '?'}, ${view.createdAt ?? ''}`;
  const facts = [
    ...(view.rule === '' ? [] : [view.rule]),
    ...(spec.subtask === null ? [] : [`for ${spec.subtask.plan} ${spec.subtask.key}`]),
    ...(spec.parent === null ? [] : [`made from ${spec.parent}`]),
    ...(view.path === null ? [] : [`from ${view.path}`]),
    ...(spec.tags.length === 0 ? [] : [`tags: ${spec.tags.join(', ')}`]),
    ...(view.retiredAt === null ? [] : [`retired ${view.retiredAt}`]),
  ];
  return [`${spec.name} (${which})`, spec.display_name, ...facts];
}

function limitsLine(spec: AgentSpec): string {
  const limits = [
    spec.agent === null ? spec.task_type : `${spec.task_type} by ${spec.agent}`,
    `${spec.max_turns} turns`,
    amountText('wallMs', spec.timeout_seconds * 1000),
    ...(spec.max_tokens === null ? [] : [`${amountText('tokens', spec.max_tokens)} tokens`]),
    ...(spec.max_cost_micros === null ? [] : [amountText('costMicros', spec.max_cost_micros)]),
    `priority ${spec.priority}`,
  ];
  return limits.join(', ');
}

function acceptanceLines({ spec, checksOfPlan }: SpecView): string[] {
  const { validators, gate_mode: mode, min_score: score, ...acceptance } = spec.acceptance;
  const how = { all_pass: 'all pass', any_pass: 'one passes', weighted: `score ${score ?? 0}` };
  const origin = checksOfPlan ? ', those of the plan' : '';
  const none = checksOfPlan ? '  those of the plan' : '  none: a person has to accept the work';
  const {
    retry_policy: policy,
    max_retries: retries,
    retry_delay_ms: delay,
    fallback,
  } = acceptance;
  return [
    `Checks (done when ${how[mode]}${origin}):`,
    ...(validators.length === 0 ? [none] : validators.map(checkLine)),
    policy === 'none' ? 'Retries: none' : `Retries: ${retries}, ${policy}, after ${delay} ms`,
    ...(fallback === null ? [] : [`Fallback: ${fallback}`]),
  ];
}

function checkLine(check: Validator): string {
  const commands = commandsOf(check).map(displayCommand);
  const what = commands.length > 0 ? commands.join('; ') : JSON.stringify(check.config);
  const required = check.required ? ', required' : '';
  return `  ${check.id}: ${check.type} ${check.label ?? what} (weight ${check.weight}${required})`;
}

/** What differs from the usual policy. */
function policyLines({ tool_policy: policy }: AgentSpec): string[] {
  const usual: ReadonlyMap<string, unknown> = new Map(Object.entries(defaultToolPolicy));
  const said = Object.entries(policy).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(usual.get(key)),
  );
  if (said.length === 0) return ['Tool policy: the usual one'];
  return ['Tool policy:', ...said.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)];
}

function ruleLines(spec: AgentSpec): string[] {
  const rules = derivationOf(spec).map(({ field, value, rule }) => {
    return `  ${field} ${JSON.stringify(value)}: ${rule}`;
  });
  return rules.length === 0 ? [] : ['Rules:', ...rules];
}
