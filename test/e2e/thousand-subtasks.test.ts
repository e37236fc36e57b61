import assert from 'node:assert/strict';
import { listEvents } from '../../src/protocol/messages.js';
import { deltaSchema, type EventView } from '../../src/protocol/views.js';
import { counts, eventView, phaseView, planView, runView, subtaskView } from '../support/views.js';
import { scriptedWorkbench } from './scripted-workbench.js';

const phaseCount = 40;
const perPhase = 25;
const eventsPerSecond = 50;
const seconds = 6;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const name = (index: number) => String(index).padStart(4, '0');

const phases = numbers(phaseCount).map((index) =>
  phaseView({ id: `p${index}`, position: index, counts: counts({ total: perPhase, done: 0 }) }),
);
const subtasks = numbers(phaseCount * perPhase).map((index) =>
  subtaskView({
    key: `T${name(index)}`,
    phaseId: `p${Math.floor(index / perPhase)}`,
    position: index,
    ...(index === 0 ? { status: 'in_progress', lastRunId: 'run' } : {}),
  }),
);
const runs = [
  runView({
    id: 'run',
    subtaskId: 'id-T0000',
    subtaskKey: 'T0000',
    startedAt: new Date().toISOString(),
  }),
  ...numbers(300).map((index) =>
    runView({
      id: `ended-${name(index)}`,
      subtaskKey: `T${name(index + 1)}`,
      state: 'ended',
      outcome: 'completed',
      verdict: 'passed',
      endedAt: '2026-01-05T10:00:00.000Z',
    }),
  ),
];
const plan = planView({
  title: 'A thousand subtasks',
  phases,
  counts: counts({ total: subtasks.length, running: 1 }),
});

describe('a plan with a thousand subtasks', function () {
  const scripted = scriptedWorkbench(
    'thousand-subtasks',
    deltaSchema.parse({ plans: [plan], subtasks, runs }),
  );
  const log: EventView[] = [];

  /** Sends the run's next events, with what they change of the run. */
  function work(count: number): void {
    const from = log.length + 1;
    const fresh = numbers(count).map((index) =>
      eventView({
        sequence: from + index,
        at: new Date().toISOString(),
        text:
          (from + index) % 9 === 0
            ? `line one\nline two of ${from + index}`
            : `step ${from + index}`,
      }),
    );
    log.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const { type, text, at } = last;
    scripted().engine.push({
      events: fresh,
      runs: [{ ...runs[0]!, lastEvent: { type, text, at } }],
    });
  }

  it('is in the tree', async () => {
    const { workbench } = scripted();
    await workbench
      .row(/A thousand subtasks\s*0\/1000/)
      .first()
      .waitFor();
    await workbench.row(/T0000/).first().waitFor();
    await workbench.screenshot('tree');
  });

  it('stays fluent in the panel at fifty events per second', async () => {
    const { workbench, engine } = scripted();
    engine.on(listEvents.method, (params) => {
      const { after, limit } = listEvents.params.parse(params);
      return { events: log.slice(after, after + limit), more: log.length > after + limit };
    });
    work(500);
    await workbench.runCommand('Runsheet: Open Progress Panel');
    const { webview, page } = workbench;
    await webview.getByRole('button', { name: /^T0000/ }).click();
    const transcript = webview.getByRole('list', { name: 'Transcript' });
    await transcript.getByText('step 500', { exact: true }).waitFor();

    const frames = transcript.evaluate(async (_list, ms) => {
      const gaps: number[] = [];
      const end = performance.now() + ms;
      for (let last = performance.now(); last < end;) {
        const now = await new Promise<number>((next) => requestAnimationFrame(next));
        gaps.push(now - last);
        last = now;
      }
      return gaps.sort((a, b) => a - b);
    }, seconds * 1000);
    for (const _batch of numbers(seconds * 10)) {
      work(eventsPerSecond / 10);
      await page.waitForTimeout(100);
    }
    const gaps = await frames;
    const at = (share: number) => Math.round(gaps[Math.floor((gaps.length - 1) * share)] ?? 0);
    process.stdout.write(
      `      ${gaps.length} frames in ${seconds} s; between two frames p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms\n`,
    );
    assert.ok(at(0.95) <= 100, 'one frame in twenty takes longer than 100 ms');
    await transcript.getByText(`step ${log.length}`, { exact: true }).waitFor();
    const drawn = await transcript.locator('.event').count();
    assert.ok(drawn < 120, `${drawn} of ${log.length} events are in the document`);
    await workbench.screenshot('panel');
  });

  it('is read with the keyboard alone', async () => {
    const { workbench } = scripted();
    const list = workbench.webview.getByRole('listbox', { name: 'Runs' });
    await list.focus();
    await workbench.page.keyboard.press('End');
    const selected = workbench.webview.getByRole('option', { selected: true });
    await selected.filter({ hasText: 'T0001' }).waitFor();
    assert.equal(
      await list.getAttribute('aria-activedescendant'),
      await selected.getAttribute('id'),
    );
    assert.equal(await selected.getAttribute('aria-setsize'), String(runs.length));
    await workbench.page.keyboard.press('ArrowUp');
    await selected.filter({ hasText: 'T0002' }).waitFor();
    assert.ok((await list.getByRole('option').count()) < 60);
  });
});
