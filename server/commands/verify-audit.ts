import { verifyAuditChain } from '#lib/store/verify-audit-chain.ts'
import { failToStart } from '../terminal.ts'
import { withOwnerConnection } from './owner-connection.ts'

try {
  const { entries, intact, brokenAt, problem, head } = await withOwnerConnection(verifyAuditChain)
  if (intact) {
    process.stdout.write(`The audit log is intact: ${entries.toString()} entries, head ${head}.\n`)
  } else {
    process.stderr.write(
      `The audit log is broken at entry ${brokenAt ?? '?'}: ${problem ?? '?'}. The ${entries.toString()} entries before it are intact.\n`,
    )
    process.exitCode = 1
  }
} catch (error) {
  failToStart(error)
}
