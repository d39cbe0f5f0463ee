// Adds to package-lock.json the optional packages of other platforms that the registry in use does not have. npm leaves
// them out when it writes the file, and `npm ci` then refuses it. Run after `npm install <package>`.
import { readFileSync, writeFileSync } from 'node:fs'

const OPERATING_SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'linuxmusl',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'windows',
]
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

/** The place npm would resolve a dependency of a package at, nearest first. */
function isLocked(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true
    if (folder === '') return false
  }
}

/** Without a platform, npm would try to fetch the package here. */
function toPlatform(name) {
  const words = name.split('/').at(-1).split('-')
  const system = words.find((word) => OPERATING_SYSTEMS.includes(word))
  const processor = words.find((word) => PROCESSORS.includes(word))
  const os = { windows: 'win32', linuxmusl: 'linux' }[system] ?? system
  return { ...(os ? { os: [os] } : {}), ...(processor ? { cpu: [processor] } : {}) }
}

let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue
    const platform = toPlatform(name)
    if (Object.keys(platform).length === 0) throw new Error(`${name} names no platform: add it by hand`)
    lock.packages[`node_modules/${name}`] = { version: version.replace(/^[~^]/, ''), ...platform, optional: true }
    added += 1
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms added`)
