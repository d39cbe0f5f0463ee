/** The package as somebody installs it: packed, and installed by npm without a network in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const SDK_FOLDER = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Manifest {
  readonly version: string
  readonly dependencies?: object
  readonly scripts: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies: Readonly<Record<string, string>>
}
export const MANIFEST = JSON.parse(readFileSync(join(SDK_FOLDER, 'package.json'), 'utf8')) as Manifest

/** Entries as they are imported: `@stepgate/node`, `@stepgate/node/express`, … */
export const ENTRIES = Object.keys(MANIFEST.exports)
  .filter((path) => path !== './package.json')
  .map((path) => `@stepgate/node${path.slice(1)}`)

/** What the adapters are for, and where its types come from. */
export const FRAMEWORKS = [...Object.keys(MANIFEST.peerDependencies), '@types/express', '@types/koa']

export interface Installation {
  readonly folder: string
  readonly tarball: string
  /** Runs Node in the folder and answers what it printed. */
  node(...parameters: string[]): string
  /** Writes a program into the folder. */
  write(file: string, program: string): void
  /** Type-checks files of the folder strictly, declarations included. Answers the complaints about them and about the package. */
  compile(files: readonly string[], options: Readonly<Record<string, string>>): string[]
}

const OPTIONS = {
  strict: 'true',
  noEmit: 'true',
  skipLibCheck: 'false',
  exactOptionalPropertyTypes: 'true',
  esModuleInterop: 'true',
  target: 'ES2023',
  lib: 'ES2023',
  types: 'node',
}

export function packPackage(folder: string): string {
  if (!existsSync(join(SDK_FOLDER, 'dist/index.js')))
    execFileSync(process.execPath, [join(SDK_FOLDER, 'build.mjs')], { stdio: 'ignore' })
  const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: SDK_FOLDER,
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(answer) as { filename: string }[]
  return join(folder, packed?.filename ?? '')
}

/** Installs the package beside these packages of the repository, and no others. */
export function installPackage(...neighbours: readonly string[]): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-package-'))
  const run = (program: string, ...parameters: string[]): string =>
    execFileSync(program, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const write = (file: string, program: string): void => writeFileSync(join(folder, file), program)
  const tarball = packPackage(folder)
  write('package.json', '{"private":true,"type":"module"}')
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', tarball)
  for (const name of ['@types/node', 'undici-types', ...neighbours]) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  const node = (...parameters: string[]): string => run(process.execPath, ...parameters)
  return { folder, tarball, node, write, compile: (files, options) => compile(node, files, options) }
}

function compile(
  node: Installation['node'],
  files: readonly string[],
  options: Readonly<Record<string, string>>,
): string[] {
  const flags = Object.entries({ ...OPTIONS, ...options }).flatMap(([name, value]) => [`--${name}`, value])
  try {
    node(join(root, 'node_modules/typescript/bin/tsc'), ...flags, '--ignoreConfig', ...files)
    return []
  } catch (error) {
    const { stdout } = error as { stdout: string }
    // Other packages' declarations are not ours to judge.
    return stdout
      .split('\n')
      .filter((line) => files.some((file) => line.startsWith(file)) || line.includes('@stepgate/'))
  }
}
