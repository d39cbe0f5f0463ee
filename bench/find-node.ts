import { execFileSync } from 'node:child_process'

/** This Node, or one that npm fetches. */
export function findNode(version: string): string {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const command = ['exec', '-y', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath']
  return execFileSync('npm', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}
