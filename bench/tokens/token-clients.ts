import { createHash, randomUUID } from 'node:crypto'
import type { Database } from '#lib/store/database.ts'
import { publish, type BenchFleet } from '../gateway/bench-fleet.ts'

export const CLIENTS_MAX = 10_000
const BATCH = 500

export const clientIdOf = (index: number): string => `client-${index}`
export const secretOf = (index: number): string => `sg_live_of_a_benchmark_${index}_0123456789abcdef`

/** Ten thousand integrations that may read at one service, for the gateway and for its peer alike. */
export async function createTokenClients({ prisma }: Database, { environmentId }: BenchFleet): Promise<void> {
  const indices = Array.from({ length: CLIENTS_MAX }, (_, index) => index)
  const rows = indices.map((index) => ({ index, id: randomUUID() }))
  await prisma.identity.createMany({
    data: rows.map(({ index, id }) => ({
      id,
      clientId: clientIdOf(index),
      kind: 'integration',
      name: clientIdOf(index),
    })),
  })
  // The limit of live credentials takes a lock for each: not all in one transaction.
  for (let first = 0; first < rows.length; first += BATCH)
    await prisma.credential.createMany({ data: rows.slice(first, first + BATCH).map(toCredential(environmentId)) })
  const service = await prisma.service.findUniqueOrThrow({ where: { slug: 'service-0' } })
  const scope = await prisma.scope.create({ data: { serviceId: service.id, name: 'things:read' } })
  await prisma.grant.createMany({
    data: rows.map(({ id }) => ({ identityId: id, scopeId: scope.id, environmentId, createdBy: 'bench' })),
  })
  await publish({ prisma }, environmentId)
}

const toCredential =
  (environmentId: string) =>
  ({ index, id }: { readonly index: number; readonly id: string }) => ({
    ...{ identityId: id, environmentId, kind: 'client_secret' as const, name: 'bench', createdBy: 'bench' },
    ...{ secretHint: 'cdef', secretHash: Uint8Array.from(createHash('sha256').update(secretOf(index)).digest()) },
  })

/** The same clients as the peer keeps them. */
export const PEER_CLIENTS = `
  CREATE TABLE bench_client AS
  SELECT 'client-' || n AS id, jsonb_build_object(
    'client_id', 'client-' || n, 'client_secret', 'sg_live_of_a_benchmark_' || n || '_0123456789abcdef',
    'grant_types', jsonb_build_array('client_credentials'), 'redirect_uris', '[]'::jsonb, 'response_types', '[]'::jsonb,
    'token_endpoint_auth_method', 'client_secret_post', 'id_token_signed_response_alg', 'EdDSA', 'scope', 'things:read') AS payload
  FROM generate_series(0, ${CLIENTS_MAX - 1}) AS n;
  ALTER TABLE bench_client ADD PRIMARY KEY (id);
  GRANT SELECT ON bench_client TO PUBLIC`
