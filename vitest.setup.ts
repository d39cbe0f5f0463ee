import { afterEach, expect, vi } from 'vitest'

// Once for a file: its tests may run at the same time.
const consoleError = vi.spyOn(console, 'error')

afterEach(() => {
  const { calls } = consoleError.mock
  consoleError.mockClear()
  expect(calls, 'console.error was called').toEqual([])
})
