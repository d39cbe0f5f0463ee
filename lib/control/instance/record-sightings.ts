import type pg from 'pg'
import type { SnapshotState } from '../../policy/vocabulary.ts'

export interface AppliedRevision {
  readonly epoch: string
  readonly revision: number
}

/** What an instance was last heard to say; null where it did not say. */
export interface Sighting {
  readonly instanceId: string
  readonly environmentId: string
  readonly serviceId: string
  readonly workload: string
  readonly address: string
  readonly applied: AppliedRevision | null
  readonly seenAt: Date
  readonly state: SnapshotState | null
  readonly sdkVersion: string | null
  readonly nodeVersion: string | null
  readonly framework: string | null
  readonly hostname: string | null
  readonly startedAt: Date | null
}

const COLUMNS = `instance_id uuid, environment_id uuid, service_id uuid, workload text, address text, epoch text, revision int,
  seen_at timestamptz, state text, sdk_version text, node_version text, framework text, hostname text, started_at timestamptz`

/**
 * Writes what instances said, many at once. An instance belongs to the service it was first seen with: another service cannot
 * speak for it. An instance that says which revision it applies has answered the newest publication: the confirmation.
 */
const RECORD = `
  INSERT INTO instance AS known (id, environment_id, service_id, workload, address, epoch, revision, last_seen_at, confirmed_at,
    state, sdk_version, node_version, framework, hostname, started_at)
  SELECT DISTINCT ON (seen.instance_id) seen.instance_id, seen.environment_id, seen.service_id, seen.workload, seen.address, seen.epoch, seen.revision, seen.seen_at,
    CASE WHEN seen.revision IS NOT NULL THEN seen.seen_at END,
    coalesce(seen.state, CASE WHEN seen.revision IS NULL THEN 'closed' ELSE 'fresh' END),
    coalesce(seen.sdk_version, ''), coalesce(seen.node_version, ''), coalesce(seen.framework, ''), coalesce(seen.hostname, ''),
    coalesce(seen.started_at, seen.seen_at)
  FROM jsonb_to_recordset($1::jsonb) AS seen (${COLUMNS})
  JOIN service ON service.id = seen.service_id
  JOIN environment ON environment.id = seen.environment_id
  LEFT JOIN instance ON instance.id = seen.instance_id
  WHERE instance.id IS NULL OR (instance.service_id = seen.service_id AND instance.environment_id = seen.environment_id)
  ORDER BY seen.instance_id, seen.seen_at DESC
  ON CONFLICT (id) DO UPDATE SET
    workload = coalesce(nullif(excluded.workload, ''), known.workload),
    address = coalesce(nullif(excluded.address, ''), known.address),
    epoch = coalesce(excluded.epoch, known.epoch),
    revision = coalesce(excluded.revision, known.revision),
    confirmed_at = CASE
      WHEN excluded.revision IS NOT NULL AND (excluded.revision, excluded.epoch) IS DISTINCT FROM (known.revision, known.epoch) THEN excluded.last_seen_at
      ELSE known.confirmed_at END,
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
    state = CASE WHEN excluded.state = 'closed' AND excluded.revision IS NULL AND excluded.sdk_version = '' THEN known.state ELSE excluded.state END,
    sdk_version = coalesce(nullif(excluded.sdk_version, ''), known.sdk_version),
    node_version = coalesce(nullif(excluded.node_version, ''), known.node_version),
    framework = coalesce(nullif(excluded.framework, ''), known.framework),
    hostname = coalesce(nullif(excluded.hostname, ''), known.hostname),
    started_at = CASE WHEN excluded.sdk_version = '' THEN known.started_at ELSE excluded.started_at END
  WHERE known.environment_id = excluded.environment_id AND known.service_id = excluded.service_id`

export async function recordSightings(pool: pg.Pool, sightings: readonly Sighting[]): Promise<void> {
  const rows = sightings.map((seen) => ({
    instance_id: seen.instanceId,
    environment_id: seen.environmentId,
    service_id: seen.serviceId,
    workload: seen.workload,
    address: seen.address,
    epoch: seen.applied?.epoch ?? null,
    revision: seen.applied?.revision ?? null,
    seen_at: seen.seenAt,
    state: seen.state,
    sdk_version: seen.sdkVersion,
    node_version: seen.nodeVersion,
    framework: seen.framework,
    hostname: seen.hostname,
    started_at: seen.startedAt,
  }))
  await pool.query(RECORD, [JSON.stringify(rows)])
}
