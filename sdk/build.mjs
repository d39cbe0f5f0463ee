/** Builds the published package: ES modules and CommonJS by esbuild, one self-contained declaration file per entry by rollup. */
import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { leaveOutSource } from './leave-out-source.mjs'

const root = dirname(fileURLToPath(import.meta.url))
const target = join(root, 'dist')
const draft = join(root, 'dist', `.draft-${process.pid}`)
const entries = [
  ...['index', 'express', 'fastify', 'hono', 'koa', 'nest', 'next', 'node-http'],
  ...['testing', 'prometheus', 'opentelemetry'],
]
/** Loaded when something first needs them, by whichever entry runs. */
const LATE = {
  condition: join(root, 'src/condition/condition-engine.ts'),
  connection: join(root, 'src/connection/connection-part.ts'),
  context: join(root, 'src/context/context-runtime.ts'),
  'outgoing-calls': join(root, 'src/client/outgoing-calls.ts'),
}
const codeFiles = [
  ...entries.flatMap((entry) => [`${entry}.js`, `${entry}.cjs`]),
  ...Object.keys(LATE).map((part) => `${part}.js`),
]
const buildConfig = join(root, 'tsconfig.build.json')
const sourceOf = (entry) => join(root, 'src', `${entry}.ts`)

const parts = {
  name: 'parts',
  setup({ onResolve }) {
    // One file for both formats: `import()` is there in CommonJS as well.
    onResolve({ filter: /\.ts$/ }, ({ kind, resolveDir, path }) => {
      if (kind !== 'dynamic-import') return null
      const late = Object.entries(LATE).find(([, source]) => source === join(resolveDir, path))
      return late ? { path: `./${late[0]}.js`, external: true } : { errors: [{ text: 'is no part that is built' }] }
    })
    // The package has no dependency: what reads conditions is part of it, see THIRD-PARTY.md.
    onResolve({ filter: /^@marcbachmann\/cel-js$/ }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }))
  },
}

const options = {
  outdir: draft,
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  plugins: [parts],
  minify: true,
  // What shows the line that threw shows a part of the file alone.
  lineLimit: 3000,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
}

/** Every entry stands alone; entries find each other's parts through well-known symbols. */
async function buildCode(format, extension) {
  await build({ ...options, entryPoints: entries.map(sourceOf), outExtension: { '.js': extension }, format })
}

async function buildLate() {
  await build({ ...options, entryPoints: LATE, format: 'esm' })
}

/** The compiler reads the sources once for all entries; what it writes is put together for each of them. */
async function buildTypes() {
  const declarations = join(draft, 'declarations')
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const compilerOptions = ['--emitDeclarationOnly', '--rootDir', join(root, '..'), '--outDir', declarations]
  await promisify(execFile)(process.execPath, [compiler, '-p', buildConfig, ...compilerOptions]).catch((error) => {
    throw new Error(`the declarations cannot be made:\n${error.stdout || error.message}`)
  })
  await Promise.all(entries.map((entry) => bundleTypes(entry, join(declarations, 'sdk/src', `${entry}.d.ts`))))
}

async function bundleTypes(entry, input) {
  const bundle = await rollup({
    input,
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [dts({ tsconfig: buildConfig })],
    onwarn: (warning) => {
      throw new Error(`${entry}: ${warning.message}`)
    },
  })
  await bundle.write({ file: join(draft, `${entry}.d.ts`), format: 'es' })
  await bundle.close()
  await cp(join(draft, `${entry}.d.ts`), join(draft, `${entry}.d.cts`))
}

async function report() {
  for (const entry of [...entries, ...Object.keys(LATE)]) {
    const code = await readFile(join(target, `${entry}.js`))
    console.log(
      `${entry.padEnd(14)} ${(code.length / 1000).toFixed(1).padStart(6)} kB  ${(brotliCompressSync(code).length / 1000).toFixed(1).padStart(5)} kB brotli`,
    )
  }
}

const publishFile = (name) => rename(join(draft, name), join(target, name))

/** Files are replaced one by one when all of them are ready, so that a failed build leaves the last good one. */
async function publish() {
  for (const entry of entries) {
    for (const extension of ['js.map', 'cjs.map', 'js', 'cjs', 'd.ts', 'd.cts'])
      await publishFile(`${entry}.${extension}`)
  }
  for (const part of Object.keys(LATE)) {
    for (const extension of ['js.map', 'js']) await publishFile(`${part}.${extension}`)
  }
}

await mkdir(draft, { recursive: true })
try {
  await Promise.all([buildCode('esm', '.js'), buildCode('cjs', '.cjs'), buildLate(), buildTypes()])
  await Promise.all(codeFiles.map((file) => leaveOutSource(join(draft, file))))
  await publish()
  await writeFile(join(target, '.built'), new Date().toISOString())
  await report()
} finally {
  await rm(draft, { recursive: true, force: true })
}
