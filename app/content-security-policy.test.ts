import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { SONNER_STYLE_HASH, toContentSecurityPolicy } from './content-security-policy.ts'

it('allows the style sheet that sonner injects', () => {
  const source = readFileSync(new URL('../node_modules/sonner/dist/index.mjs', import.meta.url), 'utf8')
  const [, css = '""'] = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source) ?? []
  expect(SONNER_STYLE_HASH).toBe(
    `sha256-${createHash('sha256')
      .update(JSON.parse(css) as string)
      .digest('base64')}`,
  )
})

it('allows nothing inline without a nonce or a hash', () => {
  expect(toContentSecurityPolicy('abc', false)).not.toContain('unsafe')
})
