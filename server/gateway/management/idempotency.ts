import { createHash } from 'node:crypto'
import type { Prisma } from '#lib/store/generated/client.ts'
import type { Actor } from '#lib/control/actor.ts'
import type { Transact, Tx } from '#lib/control/context.ts'
import { ControlError } from '#lib/control/control-error.ts'

const KEPT_MS = 24 * 3_600_000
const FORM = /^[\x21-\x7e]{1,200}$/
const POINTER = 'header/idempotency-key'
/** Members of an answer that are shown once. */
const SECRET_MEMBERS = new Set(['setupUrl', 'secret', 'token'])

export interface IdempotentRequest {
  readonly actor: Actor
  readonly key: string
  readonly hash: Uint8Array<ArrayBuffer>
  readonly status: number
}

export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || !FORM.test(header))
    throw new ControlError('invalid-request', `${POINTER}: must be 1 to 200 visible ASCII characters.`, [
      { pointer: POINTER, detail: 'must be 1 to 200 visible ASCII characters' },
    ])
  return header
}

export const hashRequest = (...parts: readonly unknown[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(JSON.stringify(parts)).digest())

/** Carries the first answer out of the transaction of a repeated request, which writes nothing. */
class Repeated extends Error {
  readonly answer: unknown

  constructor(answer: unknown) {
    super('The request was answered before.')
    this.answer = answer
  }
}

/**
 * The key is claimed in the transaction of the work itself: of two requests at once the second waits for the first, and a key
 * whose work failed is free again.
 */
export const idempotently =
  (transact: Transact, request: IdempotentRequest): Transact =>
  (work) =>
    transact(async (tx) => {
      await claim(tx, request)
      const answer = await work(tx)
      await tx.idempotencyKey.update({
        where: { actorId_key: { actorId: actorKey(request.actor), key: request.key } },
        data: { body: withoutSecrets(answer) as Prisma.InputJsonObject }, // answers are JSON
      })
      return answer
    })

export async function orFirstAnswer<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Repeated) return error.answer as Answer // stored from the answer of the same route
    throw error
  }
}

async function claim(tx: Tx, { actor, key, hash, status }: IdempotentRequest): Promise<void> {
  const actorId = actorKey(actor)
  await tx.idempotencyKey.deleteMany({ where: { actorId, createdAt: { lt: new Date(Date.now() - KEPT_MS) } } })
  const { count } = await tx.idempotencyKey.createMany({
    data: { actorId, key, requestHash: hash, status, body: {} },
    skipDuplicates: true,
  })
  if (count === 1) return
  const first = await tx.idempotencyKey.findUniqueOrThrow({ where: { actorId_key: { actorId, key } } })
  if (!Buffer.from(first.requestHash).equals(hash))
    throw new ControlError('idempotency-mismatch', 'This Idempotency-Key was sent with another request.', [
      { pointer: POINTER, detail: 'belongs to another request' },
    ])
  throw new Repeated(first.body)
}

const actorKey = ({ kind, id }: Actor): string => `${kind}:${id}`

/** Secrets are shown once: a repeated answer has them empty. */
function withoutSecrets(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, SECRET_MEMBERS.has(name) ? '' : value]),
  )
}
