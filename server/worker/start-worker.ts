import { pino } from 'pino'
import { systemActor } from '#lib/control/actor.ts'
import { undoUnforeseenChanges } from '#lib/control/mode-change/undo-unforeseen-changes.ts'
import { createKeyCipher, type KeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { retireSigningKeys } from '#lib/control/signing-key/retire-signing-keys.ts'
import { rewrapSigningKeys } from '#lib/control/signing-key/rewrap-signing-keys.ts'
import { rotateDueKey } from '#lib/control/signing-key/rotate-due-key.ts'
import { createTransact } from '#lib/control/transaction.ts'
import type { Database } from '#lib/store/database.ts'
import { followSecrets } from '#server/read-secrets.ts'
import type { Settings } from '#server/settings.ts'
import { keepPartitions, removeExpired } from './clean-up.ts'
import { keepLeadership } from './leadership.ts'
import { refreshIssuers } from './refresh-issuers.ts'
import { runTasks, type Task } from './schedule.ts'

const UNDO_MS = 3_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export interface WorkerOptions {
  readonly settings: Pick<Settings, 'logLevel' | 'secretSource' | 'previousSecretSource'>
  readonly database: Database
}

/** Starts the work that exactly one process of a database does. `close` resolves when it has stopped. */
export function startWorker({ settings, database }: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const log = pino({ name: 'worker', level: settings.logLevel })
  const stop = new AbortController()
  const tasks = listTasks(
    database,
    createKeyCipher(followSecrets(settings.secretSource, settings.previousSecretSource)),
  )
  const done = keepLeadership(database, log, stop.signal, (until) => runTasks(tasks, log, until))
  const close = async () => {
    stop.abort()
    await done
  }
  return Promise.resolve({ close })
}

function listTasks(database: Database, cipher: KeyCipher): Task[] {
  return [
    { name: 'automatic undos', everyMs: UNDO_MS, run: () => undoUnforeseen(database) },
    { name: 'partitions', everyMs: HOUR_MS, run: () => keepPartitions(database.pool) },
    { name: 'expired rows', everyMs: HOUR_MS, run: () => removeExpired(database.pool) },
    { name: 'issuer keys', everyMs: 5 * MINUTE_MS, run: () => refreshIssuers(database.prisma) },
    { name: 'encryption of keys', everyMs: MINUTE_MS, run: () => encryptAnew(database, cipher) },
    { name: 'signing keys', everyMs: HOUR_MS, run: () => turnKeys(database, cipher) },
  ]
}

/** As soon as what services report shows that somebody is denied whom nobody forecast. */
async function undoUnforeseen({ prisma, pool }: Database): Promise<void> {
  await undoUnforeseenChanges({ pool, transact: createTransact(prisma) }, systemActor('worker'))
}

async function encryptAnew({ prisma }: Database, cipher: KeyCipher): Promise<void> {
  await rewrapSigningKeys(createTransact(prisma), cipher)
}

/** Moves to the next keys where it is time, and withdraws those that are out of use. */
async function turnKeys({ prisma }: Database, cipher: KeyCipher): Promise<void> {
  const transact = createTransact(prisma)
  for (const { id } of await prisma.environment.findMany({ select: { id: true } })) {
    await rotateDueKey(transact, cipher, id, new Date())
    await transact((tx) => retireSigningKeys(tx, id, new Date()))
  }
}
