import { expect, it } from 'vitest'
import { toDiffLines } from './diff-lines.ts'

it('says leaf by leaf what differs, and nothing else', () => {
  expect(toDiffLines({ mode: 'off', percent: 100 }, { mode: 'enforce', percent: 100 })).toEqual([
    { path: 'mode', before: 'off', after: 'enforce' },
  ])
})

it('reads lists of words as one value', () => {
  const rule = (...allOf: string[]) => ({ rule: { access: 'token', requirements: [{ kind: 'scopes', allOf }] } })
  expect(toDiffLines(rule(), rule('orders:read', 'orders:write'))).toEqual([
    { path: 'rule.requirements.0.allOf', before: 'none', after: 'orders:read, orders:write' },
  ])
})

it('shows what was created and what was deleted', () => {
  expect(toDiffLines(null, { name: 'Orders' })).toEqual([{ path: 'name', before: null, after: 'Orders' }])
  expect(toDiffLines({ name: 'Orders' }, null)).toEqual([{ path: 'name', before: 'Orders', after: null }])
})

it('tells a value that became null from one that is absent', () => {
  expect(toDiffLines({ expiresAt: '2027-01-01' }, { expiresAt: null })).toEqual([
    { path: 'expiresAt', before: '2027-01-01', after: 'null' },
  ])
})

it('compares plain values', () => {
  expect(toDiffLines('a', 'b')).toEqual([{ path: '', before: 'a', after: 'b' }])
  expect(toDiffLines(null, null)).toEqual([])
})
