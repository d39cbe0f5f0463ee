import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { factsArbitrary, ruleArbitrary } from './arbitraries.ts'
import { callerBucket } from './caller-bucket.ts'
import { NO_CONTEXT, type Facts } from './decision.ts'
import { decide, decideUndeclared, evaluate, type DecidedEndpoint } from './evaluate.ts'
import { checkOfReason, explain, explainUndeclared } from './explain.ts'
import type { ParsedRule } from './rule.ts'
import { MODES, type Reason } from './vocabulary.ts'

const readVectors = <Case>(name: string): Case[] =>
  (JSON.parse(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8')) as { cases: Case[] }).cases

/** A case says only what it is about. */
const withContext = (facts: Facts): Facts => ({ ...facts, context: { ...NO_CONTEXT, ...facts.context } })

const ANONYMOUS: Facts = {
  tokenProblem: 'token-missing',
  callerKind: 'anonymous',
  caller: null,
  callerKey: null,
  issuer: null,
  scopes: [],
  tokenAgeSeconds: null,
  sender: 'none',
  address: null,
  context: NO_CONTEXT,
}

const percent = fc.integer({ min: 1, max: 100 })

describe('evaluate', () => {
  it.each(readVectors<{ name: string; facts: Facts; rule: ParsedRule; expected: object }>('evaluate'))(
    '$name',
    ({ facts, rule, expected }) => {
      expect(evaluate(withContext(facts), rule)).toEqual(expected)
    },
  )

  it.each(
    readVectors<{ name: string; facts: Facts; rule: ParsedRule; expected: { reason: Reason | null } }>('evaluate'),
  )('is explained: $name', ({ facts, rule, expected: { reason } }) => {
    const failed = explain(withContext(facts), rule).find((check) => !check.passed)
    expect(failed?.check ?? null).toBe(reason === null ? null : checkOfReason(reason))
  })

  it('says what was unknown where that denies', () => {
    const facts = withContext({ ...ANONYMOUS, tokenProblem: null })
    const rule: ParsedRule = {
      access: 'token',
      requirements: [
        { kind: 'country', anyOf: ['CH'] },
        { kind: 'autonomous-system', anyOf: [3303] },
        { kind: 'known-device' },
        { kind: 'rate', requestsMax: 10, windowSeconds: 60 },
        { kind: 'condition', expression: 'params.userId == token.sub' },
      ],
    }
    expect(
      explain(facts, rule)
        .filter(({ passed }) => !passed)
        .map(({ check, detail }) => `${check}: ${detail}`),
    ).toEqual([
      'network: needs AS3303; is unknown',
      'country: needs CH; is unknown',
      'device: needs a device that was accepted; nothing tells the device apart',
      'rate: at most 10 requests in 60 s; this is not counted',
      'condition: params.userId == token.sub',
    ])
  })

  it('agrees with the first failed check of its explanation', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, (facts, rule) => {
        const { reason } = evaluate(facts, rule)
        const failed = explain(facts, rule).find((check) => !check.passed)
        expect(failed?.check ?? null).toBe(reason === null ? null : checkOfReason(reason))
      }),
    )
  })

  it('does not depend on the order of requirements', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, (facts, rule) => {
        const reversed = { ...rule, requirements: rule.requirements.toReversed() }
        expect(evaluate(facts, reversed).reason).toBe(evaluate(facts, rule).reason)
      }),
    )
  })

  it('allows the same answer again without making a new object', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, (facts, rule) => {
        const first = evaluate(facts, rule)
        if (first.verdict === 'allow') expect(evaluate(facts, rule)).toBe(first)
      }),
    )
  })
})

describe('decide', () => {
  it.each(readVectors<{ name: string; facts: Facts; endpoint: DecidedEndpoint; expected: object }>('decide'))(
    '$name',
    ({ facts, endpoint, expected }) => {
      expect(decide(withContext(facts), endpoint)).toMatchObject(expected)
    },
  )

  it('never denies in log-only or off', () => {
    fc.assert(
      fc.property(
        factsArbitrary,
        ruleArbitrary,
        percent,
        fc.constantFrom('off' as const, 'log-only' as const),
        (facts, rule, share, mode) => {
          expect(decide(facts, { mode, percent: share, rule }).outcome).not.toBe('denied')
          expect(decideUndeclared(facts, mode).outcome).not.toBe('denied')
        },
      ),
    )
  })

  it('evaluates the same facts alike in log-only and in enforce', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, percent, (facts, rule, share) => {
        const expected = evaluate(facts, rule)
        for (const mode of MODES.filter((candidate) => candidate !== 'off')) {
          const { verdict, reason, missingScopes } = decide(facts, { mode, percent: share, rule })
          expect({ verdict, reason, missingScopes }).toEqual(expected)
        }
      }),
    )
  })

  it('keeps denying a caller when the percent is raised', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, percent, percent, (facts, rule, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const before = decide(facts, { mode: 'enforce', percent: low, rule }).outcome
        const after = decide(facts, { mode: 'enforce', percent: high, rule }).outcome
        expect(before === 'denied' && after !== 'denied').toBe(false)
      }),
    )
  })

  it('denies everybody with a failed check at 100 percent', () => {
    fc.assert(
      fc.property(factsArbitrary, ruleArbitrary, (facts, rule) => {
        const { verdict, outcome } = decide(facts, { mode: 'enforce', percent: 100, rule })
        expect(outcome).toBe(verdict === 'allow' ? 'allowed' : 'denied')
      }),
    )
  })

  it('refuses an undeclared route in enforce whatever token comes with it', () => {
    fc.assert(
      fc.property(factsArbitrary, (facts) => {
        expect(decideUndeclared(facts, 'enforce')).toMatchObject({ outcome: 'denied', reason: 'endpoint-unknown' })
        expect(explainUndeclared(facts)[0]).toMatchObject({ check: 'endpoint', passed: false })
      }),
    )
  })
})

describe('callerBucket', () => {
  it.each(readVectors<{ name: string; callerKey: string; bucket: number }>('caller-bucket'))(
    '$name',
    ({ callerKey, bucket }) => {
      expect(callerBucket(callerKey)).toBe(bucket)
    },
  )
})
