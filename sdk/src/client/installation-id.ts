import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { sha256 } from '../sha256.ts'

const ID = /^[\w-]{16,64}$/

/**
 * Which installation of its service this is, for services that are called: the same for every process that shares the state
 * folder. Without a folder it follows from the names of the host, the service and the program.
 */
export class InstallationId {
  readonly #file: string | null
  readonly #fallback: string
  #pending: Promise<string> | null = null

  constructor(stateDir: string | null, clientId: string, workload: string) {
    this.#file = stateDir === null ? null : join(stateDir, `stepgate-${encodeURIComponent(clientId)}.instance`)
    const names = JSON.stringify([hostname(), clientId, workload])
    this.#fallback = sha256(names).slice(0, 22)
  }

  /** Never rejects: where nothing can be kept, the id that follows from the names is used. */
  get(): Promise<string> {
    this.#pending ??= this.#file === null ? Promise.resolve(this.#fallback) : this.#keep(this.#file)
    return this.#pending
  }

  async #keep(file: string): Promise<string> {
    try {
      return (await readId(file)) ?? (await makeId(file)) ?? this.#fallback
    } catch {
      return this.#fallback
    }
  }
}

async function readId(file: string): Promise<string | null> {
  const text = (await readFile(file, 'latin1').catch(() => '')).trim()
  return ID.test(text) ? text : null
}

/** Of processes that start together the first one decides: a link is made whole, and only where there is none. */
async function makeId(file: string): Promise<string | null> {
  const id = randomUUID()
  const draft = `${file}.${id}.tmp`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(draft, `${id}\n`, { flag: 'wx', mode: 0o600 })
  await link(draft, file).catch(() => undefined)
  await rm(draft, { force: true })
  return readId(file)
}
