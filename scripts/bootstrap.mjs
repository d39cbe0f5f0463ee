// Makes a clone runnable, then becomes the program it is asked to run:
//   node scripts/bootstrap.mjs [--only=client,sdk] <program> [arguments]
// Runs on the machine's own Node until the pinned one is installed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE, hashContent, isStale, markDone, STEPS, toStepEnvironment } from './set-up-steps.mjs'

const NODE_MAJOR_MIN = 20
const root = fileURLToPath(new URL('..', import.meta.url))
const pinnedNode = join(root, 'node_modules/node/bin/node')

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** Runs a program to its end; what it printed is shown when it fails, as a whole. */
function runProgram(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed = []
    child.stdout.on('data', (data) => printed.push(data))
    child.stderr.on('data', (data) => printed.push(data))
    child.on('error', (error) => resolve({ ok: false, why: `${command} could not be started (${error.message})` }))
    child.on('close', (status) => {
      if (status !== 0) process.stderr.write(Buffer.concat(printed))
      resolve({ ok: status === 0, why: 'failed, for the reason above' })
    })
  })
}

async function runStep(step) {
  const startedAt = Date.now()
  const hash = hashContent(root, step.inputs)
  process.stdout.write(`  ${step.name} …\n`)
  const command = step.command === 'node' ? pinnedNode : step.command
  const { ok, why } = await runProgram(command, step.args, toStepEnvironment(root, process.env, step.env))
  if (!ok) throw new Error(`✗ ${step.name}: ${why}.`)
  markDone(root, step, hash)
  process.stdout.write(`✓ ${step.name} (${Math.max(1, Math.round((Date.now() - startedAt) / 1000))} s)\n`)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function isAbandoned(lock, owner) {
  if (existsSync(owner)) return !isAlive(Number(readFileSync(owner, 'utf8')))
  const stats = statSync(lock, { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > 5_000
}

/** Two set-ups of one clone at once would build into each other's folders. */
async function withLock(work) {
  const lock = join(root, '.set-up-lock')
  const owner = join(lock, 'pid')
  for (let waiting = false; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned(lock, owner)) rmSync(lock, { recursive: true, force: true })
    else if (!waiting) process.stdout.write('  waiting for another set-up of this folder …\n')
    waiting = true
  }
  writeFileSync(owner, String(process.pid))
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

async function setUp(steps) {
  if (!steps.some((step) => isStale(root, step))) return
  await withLock(async () => {
    const done = new Map()
    for (const step of steps) {
      const before = step.after.map((name) => done.get(name))
      // Checked when its turn comes: somebody else may just have done it, and installing makes later steps stale.
      const turn = Promise.all(before).then(() => (isStale(root, step) ? runStep(step) : undefined))
      done.set(step.name, turn)
    }
    // All of them end before the first failure is told: a step that is killed halfway leaves halves behind.
    const ends = await Promise.allSettled(done.values())
    const failure = ends.find(({ status }) => status === 'rejected')
    if (failure) throw failure.reason
  })
}

/** Replaces this process where Node can; else passes signals on and ends as the program ends. */
function become(program, args) {
  const argv = [pinnedNode, program, ...args]
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
    // Saves start-up time and the memory that stripping types takes.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, COMPILE_CACHE),
    // glibc would give each thread an arena of its own, and keep what was freed in it, large buffers too.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
    MALLOC_MMAP_THRESHOLD_: process.env.MALLOC_MMAP_THRESHOLD_ ?? '131072',
  }
  if (typeof process.execve === 'function') {
    process.removeAllListeners('warning')
    process.on('warning', () => {})
    process.execve(pinnedNode, argv, env)
  }
  const child = spawn(pinnedNode, [program, ...args], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`${pinnedNode} could not be started (${error.message}).`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    fail(`Stepgate needs Node ${NODE_MAJOR_MIN} or newer to set itself up; this is ${process.versions.node}.`)
  }
  const [first = '', ...rest] = process.argv.slice(2)
  const only = first.startsWith('--only=') ? first.slice('--only='.length).split(',').filter(Boolean) : null
  const [program, ...args] = only === null ? [first, ...rest] : rest
  if (!program) fail('usage: node scripts/bootstrap.mjs [--only=client,sdk] <program> [arguments]')
  process.chdir(root)
  const needed = Object.entries(STEPS).filter(([key]) => key === 'packages' || only === null || only.includes(key))
  await setUp(needed.map(([, step]) => step)).catch((error) => fail(error.message))
  become(program, args)
}

await main()
