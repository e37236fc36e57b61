import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import { isTick, usualTick } from '../ticks';
import { tasksOf, type Story } from './story';
import { storyFileWord } from './words';

/** What a story file claims, held against its boxes. `path`: the file, where it is a part. */
export function storyProblems(story: Story, path: string | null): Problem[] {
  const { status } = story;
  const tasks = tasksOf(story);
  const word = status === null ? null : storyFileWord(status.text);
  const tick = usualTick(tasks.map(({ box }) => box.mark));
  const problems: Problem[] = [];
  for (const { line, box, steps } of tasks) {
    const at = { line: line.number, range: box.markRange, path };
    const open = steps.filter(({ mark }) => !isTick(mark)).length;
    if (isTick(box.mark) && open > 0) {
      const message = `This Task is ticked, but ${open} of its ${steps.length} steps are open.`;
      problems.push(problem('info', 'task-done-step-open', at, message, ' '));
    }
    if (!isTick(box.mark) && steps.length > 0 && open === 0) {
      const message = 'All steps of this Task are ticked, and the Task itself is not.';
      problems.push(problem('info', 'task-open-steps-done', at, message, tick));
    }
  }
  if (status === null) return problems;
  const at = { line: status.line, range: status.range, path };
  if (word === null) {
    const message = `The status ${status.text} of the story is not known. Known: backlog, ready-for-dev, in-progress, review, done.`;
    problems.push(problem('warning', 'unknown-status', at, message));
  }
  const open = tasks.filter(({ box }) => !isTick(box.mark)).length;
  if (word === 'done' && open > 0) {
    const message = `The story says ${status.text}, but ${open} of its ${tasks.length} Tasks are open. Tick what is done, or set the story back.`;
    problems.push(problem('warning', 'parent-done-child-open', at, message, 'in-progress'));
  }
  if (word !== null && word !== 'backlog' && tasks.length === 0) {
    const message = `The story says ${status.text} and has no Task: no box below a heading that begins with Tasks.`;
    problems.push(problem('warning', 'no-tasks', at, message));
  }
  return problems;
}
