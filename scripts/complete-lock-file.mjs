// Completes package-lock.json after `npm install <package>`:
// - the optional packages of other platforms that the registry in use does not have. npm leaves them out when it writes the
//   file, and `npm ci` then refuses it.
// - the address of each package, where npm was told to leave it out. Without it `npm ci` asks the registry about every package
//   first, which is a third of its time. npm puts the registry in use in its place.
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

let addressed = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!entry.integrity || entry.resolved) continue
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  entry.resolved = `https://registry.npmjs.org/${name}/-/${name.split('/').at(-1)}-${entry.version}.tgz`
  addressed += 1
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms and ${addressed} addresses added`)
