import type { ConfigOf } from '../model/validator';
import type { CheckContext, Judges } from './check';
import { finding, type Finding } from './finding';

/** Passed when a second agent says of every criterion that it holds. */
export async function agentReview(
  judges: Judges,
  config: ConfigOf<'agent_review'>,
  context: CheckContext,
): Promise<Finding> {
  const review = await judges.review(config, context);
  if (review.kind === 'skipped') return finding('skipped', review.message);
  if (review.kind === 'error') return finding('error', review.message, { output: review.text });
  const { agent, text: output } = review;
  const criteria = config.criteria.map((criterion, index) => {
    const answer = review.answers[index] ?? { holds: false, reason: 'Not answered.' };
    return { criterion, ...answer };
  });
  const evidence = { output, details: { agent, criteria } };
  const broken = criteria.filter(({ holds }) => !holds);
  if (broken.length === 0)
    return finding('passed', `${agent} finds that every criterion holds.`, evidence);
  const reasons = broken.map(({ criterion, reason }) => `${criterion} (${reason})`).join('; ');
  return finding('failed', `${agent} finds that this does not hold: ${reasons}`, evidence);
}
