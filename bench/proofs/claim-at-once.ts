import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT, type JWK } from 'jose'
import { parsePublicKey } from '#lib/control/credential/parse-public-key.ts'
import { publish, requestToken, type TokenAnswer } from '#server/gateway/testing/gateway-fixture.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { nextAddress } from './next-address.ts'
import { CALLED, PARTNER, type ProofFleet } from './proof-fleet.ts'
import { until } from './until.ts'

export interface Claims {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  readonly rounds: number
  readonly parallel: number
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const now = (): number => Math.floor(Date.now() / 1_000)

type Send = (url: string) => Promise<TokenAnswer>
/** Makes what is good once, for one round. */
type Prepare = () => Promise<Send>

/** One client assertion, and one DPoP proof, sent to both gateways many times at once: one of the requests gets a token. */
export async function claimAtOnce({ pair, fleet, rounds, parallel }: Claims): Promise<Findings> {
  const violations = new Violations()
  const figures: Record<string, number> = { 'rounds of each': rounds, 'requests in parallel': parallel }
  const kinds = {
    assertions: { prepare: await prepareAssertions(pair, fleet), error: 'invalid_client' },
    proofs: { prepare: await prepareProofs(pair, fleet), error: 'invalid_dpop_proof' },
  }
  for (const [name, { prepare, error }] of Object.entries(kinds)) {
    let [accepted, refused] = [0, 0]
    for (let round = 1; round <= rounds; round++) {
      const answers = await sendToBoth(pair, parallel, await prepare())
      const winners = answers.filter(({ status }) => status === 200).length
      accepted += winners
      refused += answers.filter(({ body }) => body['error'] === error).length
      violations.require(winners === 1, `${name}, round ${String(round)}: ${String(winners)} were accepted`)
    }
    violations.require(refused === rounds * (parallel - 1), `${name}: not all others were refused as ${error}`)
    figures[`${name} accepted`] = accepted
    figures[`${name} refused as used before`] = refused
  }
  return { figures, violations: violations.list() }
}

const sendToBoth = ({ urls }: GatewayPair, parallel: number, send: Send): Promise<TokenAnswer[]> =>
  Promise.all(Array.from({ length: parallel }, (_, index) => send(urls[index % 2 === 0 ? 0 : 1])))

async function prepareAssertions({ database, urls, control }: GatewayPair, { fleet }: ProofFleet): Promise<Prepare> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = parsePublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId: PARTNER } })
  await database.prisma.credential.create({
    data: {
      ...{ identityId, environmentId: fleet.environmentId, kind: 'public_key', name: 'proof', createdBy: 'proofs' },
      ...{ publicJwk: { ...jwk } as Record<string, string>, keyId: jwk.kid },
    },
  })
  await publish(database, fleet.environmentId)
  const prepare: Prepare = async () => {
    const assertion = await new SignJWT({
      ...{ iss: PARTNER, sub: PARTNER, aud: `${control.publicUrl}/oauth/token` },
      ...{ jti: randomUUID(), exp: now() + 60 },
    })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
      .sign(privateKey)
    const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion }
    return (url) => requestToken(url, { grant_type: 'client_credentials', resource: CALLED[0], ...form }, nextAddress())
  }
  for (const url of urls) await until(async () => (await (await prepare())(url)).status === 200)
  return prepare
}

async function prepareProofs({ urls, control }: GatewayPair, { secrets }: ProofFleet): Promise<Prepare> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  const client = { grant_type: 'client_credentials', client_id: PARTNER, client_secret: secrets[PARTNER] ?? '' }
  const ask = (url: string, dpop: string) =>
    requestToken(url, { ...client, resource: CALLED[0] }, { dpop, ...nextAddress() })
  return async () => {
    const nonce = (await ask(urls[0], 'none')).headers.get('dpop-nonce') ?? ''
    const htu = `${control.publicUrl}/oauth/token`
    const proof = await new SignJWT({ htm: 'POST', htu, iat: now(), jti: randomUUID(), nonce })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey)
    return (url) => ask(url, proof)
  }
}
