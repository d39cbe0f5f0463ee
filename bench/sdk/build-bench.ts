/** The bench as plain JavaScript, for a Node that reads no TypeScript. */
import { build } from 'esbuild'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** Below node_modules, so that packages are found from there. */
const target = here('../../node_modules/.stepgate/bench-sdk')

/** Answers the program. */
export async function buildBench(): Promise<string> {
  await build({
    entryPoints: {
      parts: here('./parts.ts'),
      'http-server': here('./http-server.ts'),
      // Entries of their own, so that the middleware lies in files of its own, by which a profile knows it.
      'middleware-express': here('../../sdk/src/express.ts'),
      'middleware-fastify': here('../../sdk/src/fastify.ts'),
      'middleware-index': here('../../sdk/src/index.ts'),
    },
    chunkNames: 'middleware-[hash]',
    outdir: target,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  return join(target, 'parts.mjs')
}
