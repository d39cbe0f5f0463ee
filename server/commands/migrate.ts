import { migrate } from '#lib/store/migrate.ts'
import { failToStart, report } from '../terminal.ts'
import { withOwnerUrl } from './owner-connection.ts'

try {
  const applied = await withOwnerUrl((url) => migrate({ url, onNotice: report.onNotice }))
  const names = applied.map((name) => `\n  ${name}`).join('')
  process.stdout.write(
    applied.length === 0
      ? 'The database is up to date.\n'
      : `${applied.length.toString()} migrations applied:${names}\n`,
  )
} catch (error) {
  failToStart(error)
}
