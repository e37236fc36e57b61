import assert from 'node:assert/strict';
import {
  anyRejection,
  isExhausted,
  rejectionTypeSchema,
  routeFor,
  type Route,
} from '../../../src/model/routing';

function rule(values: Partial<Route>): Route {
  return {
    planId: null,
    rejectionType: anyRejection,
    handlerKind: 'person',
    handler: null,
    maxRounds: 3,
    escalateTo: 'person',
    enabled: true,
    ...values,
  };
}

const all = rule({});
const allStyle = rule({ rejectionType: 'style' });
const own = rule({ planId: 'p' });
const ownStyle = rule({ planId: 'p', rejectionType: 'style' });

describe('the route of a rejection', () => {
  it('is the nearest rule: of the plan and type, of the plan, of the type, of all', () => {
    const rules = [all, allStyle, own, ownStyle];
    for (const expected of [ownStyle, own, allStyle, all]) {
      assert.equal(routeFor(rules, 'p', 'style'), expected);
      rules.splice(rules.indexOf(expected), 1);
    }
    assert.equal(routeFor(rules, 'p', 'style'), null);
  });

  it('is none of another plan or type', () => {
    assert.equal(routeFor([ownStyle, all], 'q', 'style'), all);
    assert.equal(routeFor([allStyle, all], 'q', 'scope'), all);
  });

  it('passes over a rule that is switched off', () => {
    assert.equal(routeFor([{ ...ownStyle, enabled: false }, all], 'p', 'style'), all);
  });
});

describe('the round of a rejection', () => {
  it('is too many from the one that the rule names', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((round) => isExhausted(round, 3)),
      [false, false, true, true],
    );
    assert.equal(isExhausted(1, 1), true);
  });
});

describe('the type of a rejection', () => {
  it('is a word of small letters, and not the one for all', () => {
    for (const word of ['style', 'house_rules'])
      assert(rejectionTypeSchema.safeParse(word).success);
    for (const word of ['', anyRejection, 'Style', 'a b', 'x'.repeat(51)])
      assert(!rejectionTypeSchema.safeParse(word).success, word);
  });
});
