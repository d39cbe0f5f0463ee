import type pg from 'pg'
import { countOf } from '../../evidence/count-of.ts'
import { nameSome } from '../../evidence/name-some.ts'
import type { AttentionItem } from './attention-item.ts'

/** Fewer failures are typing errors and rotations under way. */
const FAILURES_MIN = 20

/** What became of requests for tokens in the last day that somebody should look at. */
export async function findTokenAttention(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const groups = await Promise.all([
    reusedTokens(pool, environmentId),
    failedClients(pool, environmentId),
    leakedSecrets(pool, environmentId),
    newNetworks(pool, environmentId),
  ])
  return groups.flat()
}

async function reusedTokens(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ clientId: string; event: 'reused' | 'replayed'; count: number }>(
    `SELECT client_id AS "clientId", event, sum(count)::int AS count FROM token_activity
     WHERE environment_id = $1 AND hour > now() - interval '24 hours' AND event IN ('reused', 'replayed') GROUP BY 1, 2 ORDER BY 1, 2`,
    [environmentId],
  )
  return rows.map(({ clientId, event, count }) => ({
    kind: 'token-reused',
    severity: 'critical',
    title:
      event === 'reused' ? `A refresh token of ${clientId} was used twice` : `A proof of ${clientId} was sent twice`,
    detail:
      event === 'reused'
        ? 'Two programs had it, one of them perhaps a thief: the session was ended. Find out where it was kept.'
        : `${countOf(count, 'time')} an assertion or a DPoP proof that had been used came again. It got nothing; find out who sent it.`,
    path: `/identities/${clientId}`,
    count,
  }))
}

async function failedClients(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ clientId: string; count: number }>(
    `SELECT client_id AS "clientId", sum(count)::int AS count FROM token_activity
     WHERE environment_id = $1 AND hour > now() - interval '24 hours' AND event = 'refused' AND detail = 'invalid_client'
     GROUP BY 1 HAVING sum(count) >= $2 ORDER BY 2 DESC, 1`,
    [environmentId, FAILURES_MIN],
  )
  return rows.map(({ clientId, count }) => ({
    kind: 'client-refused',
    severity: 'warning',
    title: `${countOf(count, 'failed attempt')} to be ${clientId} in 24 hours`,
    detail: 'A program with an old credential, or somebody who guesses. See when they came, and from which programs.',
    path: `/identities/${clientId}`,
    count,
  }))
}

async function leakedSecrets(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ clientId: string; name: string }>(
    `SELECT identity.client_id AS "clientId", credential.name FROM credential JOIN identity ON identity.id = credential.identity_id
     WHERE credential.environment_id = $1 AND credential.leaked_at > now() - interval '14 days' ORDER BY credential.leaked_at DESC`,
    [environmentId],
  )
  return rows.map(({ clientId, name }) => ({
    kind: 'secret-leaked',
    severity: 'critical',
    title: `A secret of ${clientId} was found outside`,
    detail: `${name} was reported as leaked and is revoked. Give the programs that used it another one, and look at what it was used for.`,
    path: `/identities/${clientId}`,
    count: 1,
  }))
}

async function newNetworks(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ clientId: string; name: string; networks: string[] }>(
    `SELECT identity.client_id AS "clientId", credential.name, array_agg(known.network::text ORDER BY known.noticed_at DESC) AS networks
     FROM credential_network known JOIN credential ON credential.id = known.credential_id JOIN identity ON identity.id = credential.identity_id
     WHERE credential.environment_id = $1 AND credential.revoked_at IS NULL AND known.noticed_at > now() - interval '3 days'
     GROUP BY credential.id, identity.client_id ORDER BY max(known.noticed_at) DESC`,
    [environmentId],
  )
  return rows.map(({ clientId, name, networks }) => ({
    kind: 'new-network',
    severity: 'warning',
    title: `${clientId} used its credential from ${nameSome(networks)} for the first time`,
    detail: `${name} was not used from there before. A deployment somewhere else, or somebody who has a copy of it.`,
    path: `/identities/${clientId}#credentials`,
    count: networks.length,
  }))
}
