import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SNAPSHOT_BYTES_MAX } from '../../../lib/policy/snapshot.ts'
import { isMissing } from '../caught-error.ts'
import { replaceFile } from '../replace-file.ts'
import type { SnapshotCandidate } from './accept-snapshot.ts'

const NEWLINE = 0x0a

/**
 * The copy of the configuration on disk: the signatures on the first line, then the exact bytes. It is proven again when it
 * is read, so whoever can write the file can at most make it useless.
 */
export class SnapshotDisk {
  readonly #file: string

  constructor(folder: string, clientId: string) {
    this.#file = join(folder, `stepgate-${encodeURIComponent(clientId)}.snapshot`)
  }

  /** Null when there is no copy. Throws when there is one that cannot be read. */
  async read(): Promise<SnapshotCandidate | null> {
    try {
      const { size } = await stat(this.#file)
      if (size > SNAPSHOT_BYTES_MAX + 65_536) throw new Error('the file is too large')
      const bytes = await readFile(this.#file)
      const end = bytes.indexOf(NEWLINE)
      if (end === -1) throw new Error('the file is cut off')
      return { signatures: bytes.toString('latin1', 0, end), body: bytes.subarray(end + 1) }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  /** Replaces the copy at once or not at all, readable by the owner only. */
  async write({ signatures, body }: { readonly signatures: string; readonly body: Buffer }): Promise<void> {
    const line = Buffer.from(`${signatures.replaceAll('\n', '')}\n`, 'latin1')
    await replaceFile(this.#file, Buffer.concat([line, body]))
  }
}
