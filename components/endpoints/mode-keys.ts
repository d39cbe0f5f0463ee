import type { Mode } from '#lib/policy/vocabulary.ts'

/** One key each, for the row or the selection. */
export const MODE_KEYS: Readonly<Record<Mode, string>> = { off: 'o', 'log-only': 'l', enforce: 'e' }
