import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { CheckWork } from '../../../src/runs/check-work';
import { aborted } from '../../support/fake-agent';

const subject = (subtaskId: string | null, planId = 'plan') => {
  return { planId, subtaskId, marker: `of ${subtaskId ?? 'a gate'}` };
};

describe('checks without a run', () => {
  it('make an engine busy while they go on, and tell when none does', async () => {
    const work = new CheckWork();
    let rests = 0;
    work.onRest(() => (rests += 1));
    let end: () => void = () => undefined;
    const first = work.carryOut(
      subject('a'),
      () => new Promise<void>((resolve) => (end = resolve)),
    );
    const second = work.carryOut(subject('b'), () => Promise.resolve('result'));
    assert.equal(work.isBusy, true);
    assert.equal(await second, 'result');
    assert.deepEqual([work.isBusy, rests], [true, 0]);
    end();
    await first;
    assert.deepEqual([work.isBusy, rests], [false, 1]);
  });

  it('are stopped by what they are about, and waited for', async () => {
    const work = new CheckWork();
    const ended: string[] = [];
    const until = (name: string) => async (signal: AbortSignal) => {
      await aborted(signal);
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(name);
    };
    const going = ['a', 'b'].map((id) => work.carryOut(subject(id), until(id)));
    assert.equal(await work.stop(({ subtaskId }) => subtaskId === 'a'), 1);
    assert.deepEqual(ended, ['a']);
    assert.equal(await work.stop(() => true), 1);
    assert.equal(await work.stop(() => true), 0);
    await Promise.all(going);
  });

  it('wait for those with the same marker, whose end would take their processes along', async () => {
    const work = new CheckWork();
    const order: string[] = [];
    let end: () => void = () => undefined;
    const first = work.carryOut(subject('a'), async () => {
      await new Promise<void>((resolve) => (end = resolve));
      order.push('first');
      throw new Error('broken');
    });
    const second = work.carryOut(subject('a'), async () => void order.push('second'));
    const third = work.carryOut(subject('a'), async () => void order.push('third'));
    await work.carryOut(subject('b'), async () => void order.push('another'));
    end();
    await assert.rejects(first);
    await Promise.all([second, third]);
    assert.deepEqual(order, ['another', 'first', 'second', 'third']);
  });

  it('that break are over, and break only for who asked', async () => {
    const work = new CheckWork();
    await assert.rejects(
      work.carryOut(subject(null), () => Promise.reject(new Error('no git'))),
      /no git/,
    );
    assert.equal(work.isBusy, false);
  });

  it('are not begun once the engine is about to end', async () => {
    const work = new CheckWork();
    const going = work.carryOut(subject('a'), aborted);
    await work.close();
    await going;
    let begun = false;
    const late = work.carryOut(subject('a'), () => {
      begun = true;
      return Promise.resolve();
    });
    await assert.rejects(late, (error) => RunsheetError.is(error, 'unavailable'));
    assert.equal(begun, false);
  });
});
