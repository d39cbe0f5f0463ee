import type pg from 'pg'

export interface CredentialNetwork {
  readonly credentialId: string
  /** CIDR, as `surroundingNetwork` answers it. */
  readonly network: string
  readonly at: Date
}

/** What a credential is used from in its first hours is learned without a word. */
const LEARNING_HOURS = 24
/** Of a credential. Past it the one that was not used for longest is forgotten. */
const NETWORKS_MAX = 100

/** Rows are written in one order, so that two gateways cannot deadlock; what is new is told by one of them. */
const RECORD = `
  WITH seen AS (
    SELECT credential.id, credential.environment_id, credential.kind, identity.client_id, used.network, used.at
    FROM unnest($1::uuid[], $2::inet[], $3::timestamptz[]) AS used (id, network, at)
    JOIN credential ON credential.id = used.id JOIN identity ON identity.id = credential.identity_id
  ), stored AS (
    INSERT INTO credential_network AS known (credential_id, network, first_at, last_at, noticed_at)
    SELECT id, network, at, at, CASE WHEN EXISTS (
      SELECT FROM credential_network learned WHERE learned.credential_id = seen.id AND learned.first_at < seen.at - make_interval(hours => $4)) THEN at END
    FROM seen ORDER BY id, network
    ON CONFLICT (credential_id, network) DO UPDATE SET last_at = greatest(known.last_at, excluded.last_at)
    RETURNING credential_id, network, noticed_at, xmax = 0 AS is_first
  ), told AS (
    INSERT INTO token_activity AS known (environment_id, hour, client_id, event, detail, audience, credential_kind, count, first_at, last_at)
    SELECT seen.environment_id, date_trunc('hour', seen.at, 'UTC'), seen.client_id, 'new-network', seen.network::text, '', seen.kind::text,
      count(*), min(seen.at), max(seen.at)
    FROM stored JOIN seen ON seen.id = stored.credential_id AND seen.network = stored.network
    WHERE stored.is_first AND stored.noticed_at IS NOT NULL
    GROUP BY 1, 2, 3, 5, 7 ORDER BY 1, 2, 3, 5, 7
    ON CONFLICT (environment_id, hour, client_id, event, detail, audience, credential_kind) DO UPDATE SET
      count = known.count + excluded.count, last_at = greatest(known.last_at, excluded.last_at)
  )
  SELECT DISTINCT credential_id AS id FROM stored WHERE is_first`

const FORGET = `
  DELETE FROM credential_network USING (
    SELECT credential_id, network, row_number() OVER (PARTITION BY credential_id ORDER BY last_at DESC, network) AS place
    FROM credential_network WHERE credential_id = ANY($1::uuid[])
  ) AS placed
  WHERE credential_network.credential_id = placed.credential_id AND credential_network.network = placed.network AND placed.place > $2`

/** Keeps from which networks credentials are used; one that is new, after the first hours, is told as token activity. */
export async function recordCredentialNetworks(pool: pg.Pool, networks: readonly CredentialNetwork[]): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(RECORD, [
    networks.map(({ credentialId }) => credentialId),
    networks.map(({ network }) => network),
    networks.map(({ at }) => at),
    LEARNING_HOURS,
  ])
  if (rows.length > 0) await pool.query(FORGET, [rows.map(({ id }) => id), NETWORKS_MAX])
}
