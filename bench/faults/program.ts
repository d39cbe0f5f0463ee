// One part in one form on the Node that runs this. Bundled, as the older ones cannot read TypeScript.
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { FORMS, PART_NAMES, PARTS } from './parts.ts'
import { printFindings } from './print-findings.ts'

const [, , wantedPart, wantedForm] = process.argv
await run()

async function run(): Promise<void> {
  const part = PART_NAMES.find((name) => name === wantedPart)
  const form = FORMS.find((name) => name === wantedForm)
  if (part === undefined || form === undefined) throw new Error(`usage: ${PART_NAMES.join('|')} ${FORMS.join('|')}`)
  const random = new SeededRandom()
  const startedAt = performance.now()
  const findings = await PARTS[part][form](random)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  printFindings(
    `${part}, ${form} form, Node ${process.version}, seed ${String(random.seed)}, ${String(seconds)} s`,
    findings,
  )
  process.exit()
}
