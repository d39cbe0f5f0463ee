import type { Findings } from '../../sdk/test/faults/findings.ts'

/** Shows what was found; a violation makes the process fail in the end. */
export function printFindings(title: string, { figures, violations }: Findings): void {
  process.stdout.write(`\n${title}\n`)
  for (const [name, value] of Object.entries(figures))
    process.stdout.write(`  ${name.padEnd(48)} ${value.toLocaleString('en').padStart(14)}\n`)
  for (const violation of violations) process.stdout.write(`  ✗ ${violation}\n`)
  process.stdout.write(violations.length === 0 ? '  ✓ no violation\n' : '')
  if (violations.length > 0) process.exitCode = 1
}
