/** The package as somebody installs it: packed, and installed by npm without a network in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { complaintsOf, type Resolution } from './type-check.ts'

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
  compile(files: readonly string[], resolution: Resolution): string[]
}

function packPackage(folder: string): string {
  if (!existsSync(join(SDK_FOLDER, 'dist/index.js')))
    execFileSync(process.execPath, [join(SDK_FOLDER, 'build.mjs')], { stdio: 'ignore' })
  const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: SDK_FOLDER,
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(answer) as { filename: string }[]
  return join(folder, packed?.filename ?? '')
}

function openFolder(tarball: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-package-'))
  const write = (file: string, program: string): void => writeFileSync(join(folder, file), program)
  write('package.json', '{"private":true,"type":"module"}')
  return {
    folder,
    tarball,
    write,
    node: (...parameters) => run(folder, process.execPath, ...parameters),
    compile: (files, resolution) => complaintsOf(folder, files, resolution),
  }
}

const run = (folder: string, program: string, ...parameters: string[]): string =>
  execFileSync(program, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** Packages of the repository, as if they were installed too. */
function linkNeighbours(folder: string, neighbours: readonly string[]): void {
  for (const name of ['@types/node', 'undici-types', ...neighbours]) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
}

/** Installs the package beside these packages of the repository, and no others. */
export function installPackage(...neighbours: readonly string[]): Installation {
  const installed = openFolder(packPackage(mkdtempSync(join(tmpdir(), 'stepgate-tarball-'))))
  const { folder, tarball } = installed
  run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', tarball)
  linkNeighbours(folder, neighbours)
  return installed
}

/** What npm installed, beside other packages. */
export function installBeside({ folder, tarball }: Installation, ...neighbours: readonly string[]): Installation {
  const other = openFolder(tarball)
  const place = 'node_modules/@stepgate/node'
  cpSync(join(folder, place), join(other.folder, place), { recursive: true })
  linkNeighbours(other.folder, neighbours)
  return other
}
