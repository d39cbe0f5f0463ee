import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type pg from 'pg'
import { MACHINE_HEADERS } from '#lib/contract/machine.ts'
import { ControlError } from '#lib/control/control-error.ts'
import { readNewestSnapshots, type NewestSnapshot } from '#lib/control/publication/read-newest-snapshots.ts'
import { signSnapshot } from '#lib/control/publication/sign-snapshot.ts'
import type { LoadedKey } from '#lib/control/signing-key/load-signing-keys.ts'
import type { EnvironmentCatalog } from '../environment-catalog.ts'
import { createReadOrder } from '../read-order.ts'
import type { MachineCaller } from './verify-machine-token.ts'

const compress = promisify(gzip)

/** Both answers to a poll, ready to be written. */
export interface CachedSnapshot {
  readonly key: string
  readonly epoch: string
  readonly revision: number
  readonly etag: string
  readonly body: Buffer
  readonly bodyGzip: Buffer
  readonly headers: readonly string[]
  readonly headersGzip: readonly string[]
  readonly headersNotModified: readonly string[]
  /** Ids of the keys it is signed with. */
  readonly signedWith: string
}

export interface SnapshotCache {
  find(caller: MachineCaller): CachedSnapshot | undefined
  load(caller: MachineCaller): Promise<CachedSnapshot>
  /** Brings what is cached of an environment up to date; calls `onChanged` for each snapshot that is another one now. */
  refresh(environmentId: string): Promise<void>
}

interface CacheOptions {
  readonly pool: pg.Pool
  readonly environments: EnvironmentCatalog
  readonly commonHeaders: Readonly<Record<string, string>>
  readonly onChanged: (snapshot: CachedSnapshot) => void
}

const keyOf = (environmentId: string, serviceSlug: string): string => `${environmentId}:${serviceSlug}`
const keyIdsOf = (keys: readonly LoadedKey[]): string => keys.map(({ keyId }) => keyId).join()

export function createSnapshotCache({ pool, environments, commonHeaders, onChanged }: CacheOptions): SnapshotCache {
  /** By environment and service; null while a service is asked for the first time. */
  const cached = new Map<string, Map<string, CachedSnapshot | null>>()
  const reads = createReadOrder()

  const readNewer = async (environmentId: string, known: ReadonlyMap<string, number>): Promise<void> => {
    const keys = environments.findById(environmentId)?.keys.snapshotKeys
    if (keys === undefined) return
    const isNewestOf = new Map([...known.keys()].map((slug) => [slug, reads.begin(keyOf(environmentId, slug))]))
    for (const snapshot of await readNewestSnapshots(pool, environmentId, known)) {
      const fresh = await prepareSnapshot(environmentId, snapshot, keys, commonHeaders)
      if (isNewestOf.get(snapshot.serviceSlug)?.() !== true) continue
      const services = cached.get(environmentId)
      const before = services?.get(snapshot.serviceSlug)
      services?.set(snapshot.serviceSlug, fresh)
      if (before?.etag !== fresh.etag) onChanged(fresh)
    }
  }

  return {
    find: ({ environmentId, serviceSlug }) => cached.get(environmentId)?.get(serviceSlug) ?? undefined,
    load: async ({ environmentId, serviceSlug }) => {
      const services = cached.get(environmentId) ?? new Map<string, CachedSnapshot | null>()
      cached.set(environmentId, services)
      if (!services.has(serviceSlug)) services.set(serviceSlug, null)
      await readNewer(environmentId, new Map([[serviceSlug, -1]]))
      const snapshot = services.get(serviceSlug)
      if (!snapshot) throw new ControlError('not-found', 'No configuration is published for this service yet.')
      return snapshot
    },
    refresh: async (environmentId) => {
      const signedWith = keyIdsOf(environments.findById(environmentId)?.keys.snapshotKeys ?? [])
      const known = new Map<string, number>()
      for (const [slug, snapshot] of cached.get(environmentId) ?? []) {
        known.set(slug, snapshot?.signedWith === signedWith ? snapshot.revision : -1)
      }
      if (known.size > 0) await readNewer(environmentId, known)
    },
  }
}

async function prepareSnapshot(
  environmentId: string,
  { serviceSlug, revision, body: text }: NewestSnapshot,
  keys: readonly LoadedKey[],
  commonHeaders: Readonly<Record<string, string>>,
): Promise<CachedSnapshot> {
  const body = Buffer.from(text)
  const bodyGzip = await compress(body)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  const validators = [
    ...Object.entries({ ...commonHeaders, etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' }).flat(),
  ]
  const full = [...validators, 'content-type', 'application/json', MACHINE_HEADERS.signature, signSnapshot(body, keys)]
  return {
    key: keyOf(environmentId, serviceSlug),
    epoch: (JSON.parse(text) as { epoch: string }).epoch, // written by serialiseSnapshot
    revision,
    etag,
    body,
    bodyGzip,
    headers: [...full, 'content-length', String(body.length)],
    headersGzip: [...full, 'content-encoding', 'gzip', 'content-length', String(bodyGzip.length)],
    headersNotModified: validators,
    signedWith: keyIdsOf(keys),
  }
}
