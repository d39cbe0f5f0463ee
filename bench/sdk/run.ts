/** `npm run bench:sdk [decisions|context|pairs [express|fastify]|share [express|fastify]|throughput [express|fastify]|memory] [--node=20,24]`: ratios in one run, on this machine. */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { findNode } from '../find-node.ts'
import { buildBench } from './build-bench.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '24' } },
})
const program = await buildBench()
for (const version of values.node.split(',')) {
  const { status } = spawnSync(findNode(version), [program, ...positionals], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
