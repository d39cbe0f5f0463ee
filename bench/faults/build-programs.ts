import { build, type Plugin } from 'esbuild'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Below node_modules, so that packages are found from there. */
const target = join(root, 'node_modules/.stepgate/faults')
const scenario = (name: string): string => join(root, 'sdk/test/faults', `${name}.ts`)

/** The entries of the middleware are those of the built package; what it keeps to itself comes from the source. */
const builtPackage: Plugin = {
  name: 'built package',
  setup: (bundler) => {
    bundler.onResolve({ filter: /\/src\/(?:index|express|fastify|node-http)\.ts$/ }, ({ path }) => {
      const entry = /([a-z-]+)\.ts$/.exec(path)?.[1] ?? ''
      return { path: entry === 'index' ? '@stepgate/node' : `@stepgate/node/${entry}`, external: true }
    })
  },
}

export interface FaultPrograms {
  readonly parts: string
  readonly service: string
}

/** Makes the scenarios and the programs they start plain JavaScript, for the oldest Node that the middleware supports. */
export async function buildPrograms(): Promise<FaultPrograms> {
  await build({
    entryPoints: {
      program: fileURLToPath(new URL('./program.ts', import.meta.url)),
      'service-program': scenario('service-program'),
      'poller-program': scenario('poller-program'),
    },
    outdir: target,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [builtPackage],
    logLevel: 'warning',
  })
  return { parts: join(target, 'program.mjs'), service: join(target, 'service-program.mjs') }
}
