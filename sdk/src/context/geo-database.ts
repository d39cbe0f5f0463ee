import { readFileSync, statSync, type Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { EventHub } from '../event-hub.ts'
import type { GeoPlace } from './geo-lookup.ts'
import { readGeoRecord } from './geo-record.ts'
import { Mmdb } from './mmdb.ts'
import { messageOf } from '../caught-error.ts'

const FILE_BYTES_MAX = 1024 ** 3

/** How one database stands. */
export interface GeoDatabaseStatus {
  /** The file, as it was given. */
  readonly path: string
  /** What the file says it is: `GeoLite2-Country`; null before one was read. */
  readonly type: string | null
  /** When its publisher made it. */
  readonly builtAt: Date | null
  /** What went wrong last; with a `type` the last good copy is still in use. Null when all is well. */
  readonly error: string | null
}

const versionOf = ({ mtimeMs, size, ino }: Stats): string => [mtimeMs, size, ino].join(' ')

function requireReadable(stats: Stats): void {
  if (stats.size > FILE_BYTES_MAX) throw new Error('the file is larger than 1 GiB')
}

/** A file an operator keeps up to date. Replaced by a newer one when that can be read; otherwise the last good one stays. */
export class GeoDatabase {
  readonly #path: string
  readonly #events: EventHub
  #database: Mmdb | null = null
  #version = ''
  #error: string | null = null

  constructor(path: string, events: EventHub) {
    this.#path = path
    this.#events = events
  }

  get status(): GeoDatabaseStatus {
    const { type = null, builtAtMs = null } = this.#database ?? {}
    return { path: this.#path, type, builtAt: builtAtMs === null ? null : new Date(builtAtMs), error: this.#error }
  }

  /** Reads the file at the start of the process, when there is no request to keep waiting. */
  open(): void {
    try {
      const stats = statSync(this.#path)
      requireReadable(stats)
      this.#adopt(readFileSync(this.#path), versionOf(stats))
    } catch (error) {
      this.#fail(messageOf(error))
    }
  }

  /** Reads the file again if it has changed; whether it did. */
  async refresh(): Promise<boolean> {
    try {
      const stats = await stat(this.#path)
      const version = versionOf(stats)
      if (version === this.#version) return false
      requireReadable(stats)
      this.#adopt(await readFile(this.#path), version)
      return true
    } catch (error) {
      this.#fail(messageOf(error))
      return false
    }
  }

  lookup(address: string): GeoPlace | null {
    const record = this.#database?.find(address) ?? null
    return record === null ? null : readGeoRecord(record)
  }

  #adopt(bytes: Buffer, version: string): void {
    this.#database = new Mmdb(bytes)
    this.#version = version
    this.#error = null
  }

  #fail(message: string): void {
    if (message === this.#error) return
    this.#error = message
    const consequence =
      this.#database === null ? 'what it would tell is unknown' : 'the copy that was read before stays in use'
    this.#events.failure('geo-unavailable', `${this.#path} cannot be read: ${message}; ${consequence}`)
  }
}
