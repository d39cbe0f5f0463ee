import type { Credential } from '#lib/client/object-types.ts'

const MINUTE_MS = 60_000
/** Who used a credential within so long may well use it again. */
export const RECENT_MINUTES = 15
/** Programs that asked for a token in the last day are expected to come again. */
const EXPECTED_MINUTES = 24 * 60

export interface ProgramMove {
  readonly workload: string
  /** When it used each last; null for never. */
  readonly oldAt: string | null
  readonly nextAt: string | null
  /** It uses the next one, and has not used the old one since. */
  readonly hasMoved: boolean
}

/** Where the change from one credential to another stands: all of it follows from what both were used for. */
export interface Rotation {
  readonly old: Credential
  /** What can take over: live ones that are younger, the youngest first. */
  readonly successors: readonly Credential[]
  readonly next: Credential | null
  readonly step: 'create' | 'deploy' | 'revoke' | 'done'
  readonly moves: readonly ProgramMove[]
  /** Programs that used the old one a moment ago. */
  readonly recent: readonly string[]
}

/** Null where there is no such credential any more. */
export function toRotation(
  credentials: readonly Credential[],
  oldId: string,
  nextId: string | null,
  nowMs: number,
): Rotation | null {
  const old = credentials.find(({ id }) => id === oldId)
  if (old === undefined) return null
  const successors = credentials
    .filter(({ id, state, createdAt }) => id !== oldId && state === 'live' && createdAt > old.createdAt)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  const next = successors.find(({ id }) => id === nextId) ?? successors[0] ?? null
  const moves = next === null ? [] : toMoves(old, next, nowMs)
  const recent = workloadsSince(old, nowMs - RECENT_MINUTES * MINUTE_MS)
  return { old, successors, next, step: stepOf(old, next, moves, recent), moves, recent }
}

function stepOf(
  old: Credential,
  next: Credential | null,
  moves: readonly ProgramMove[],
  recent: readonly string[],
): Rotation['step'] {
  if (old.state !== 'live') return 'done'
  if (next === null) return 'create'
  const isUsed = next.lastUsedAt !== null
  return isUsed && recent.length === 0 && moves.every(({ hasMoved }) => hasMoved) ? 'revoke' : 'deploy'
}

const lastUses = ({ uses }: Credential): Map<string, string> => {
  const newest = new Map<string, string>()
  for (const { workload, lastAt } of uses) if (lastAt > (newest.get(workload) ?? '')) newest.set(workload, lastAt)
  return newest
}

const workloadsSince = (credential: Credential, sinceMs: number): string[] =>
  [...lastUses(credential)].flatMap(([workload, at]) => (Date.parse(at) >= sinceMs ? [workload] : [])).toSorted()

function toMoves(old: Credential, next: Credential, nowMs: number): ProgramMove[] {
  const [before, after] = [lastUses(old), lastUses(next)]
  const expected = workloadsSince(old, nowMs - EXPECTED_MINUTES * MINUTE_MS)
  return [...new Set([...expected, ...after.keys()])].toSorted().map((workload) => {
    const [oldAt, nextAt] = [before.get(workload) ?? null, after.get(workload) ?? null]
    return { workload, oldAt, nextAt, hasMoved: nextAt !== null && (oldAt === null || nextAt > oldAt) }
  })
}
