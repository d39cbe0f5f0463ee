import type { Mode as StoredMode } from '#lib/store/generated/enums.ts'
import type { Mode } from '../policy/vocabulary.ts'

/** The store's client spells enum values as identifiers; everything else says `log-only`. */
export const toMode = (stored: StoredMode): Mode => (stored === 'log_only' ? 'log-only' : stored)

export const toStoredMode = (mode: Mode): StoredMode => (mode === 'log-only' ? 'log_only' : mode)
