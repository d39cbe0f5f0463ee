import { expect, test } from 'vitest'
import { addCounts, countPlaywright, countVitest } from './test-counts.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
})

test('a test file that could not be loaded counts as failed', () => {
  const report = {
    numPassedTests: 2,
    numFailedTests: 1,
    success: false,
    testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed'), file('failed')],
  }
  expect(countVitest(report)).toEqual({ passed: 2, failed: 2 })
})

test('a run that failed outside of its tests counts as failed', () => {
  expect(
    countVitest({ numPassedTests: 1, numFailedTests: 0, success: false, testResults: [file('passed', 'passed')] }),
  ).toEqual({ passed: 1, failed: 1 })
})

test('a journey that passed at the second attempt counts as failed', () => {
  expect(countPlaywright({ stats: { expected: 3, unexpected: 1, flaky: 1 }, errors: [] })).toEqual({
    passed: 3,
    failed: 2,
  })
  expect(addCounts({ passed: 1, failed: 2 }, { passed: 3, failed: 4 })).toEqual({ passed: 4, failed: 6 })
})
