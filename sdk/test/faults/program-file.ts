import { fileURLToPath } from 'node:url'

/** A program that lies beside the scenarios, as source or, where they are bundled, bundled as well. */
export const programFile = (name: string): string =>
  fileURLToPath(new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.mjs'}`, import.meta.url))
