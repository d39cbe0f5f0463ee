import '#server/keep-heap-small.ts'
import { launch } from '#server/launcher.ts'
import { takeSettings } from '#server/process-environment.ts'
import { endWhenAsked, failToStart, report } from '#server/terminal.ts'
import { type FleetProcess, startFleetProcess } from './fleet-process.ts'

// Request logs would bury the progress lines.
process.env['LOG_LEVEL'] ??= 'warn'

let shownStep = ''
const stops: (() => Promise<void>)[] = []
const stopAll = async () => {
  for (const stop of stops.toReversed()) await stop()
}

try {
  const stepgate = await launch(takeSettings(process.env), report)
  stops.push(() => stepgate.close())
  endWhenAsked(stopAll)
  const { settings, gatewayUrl, setupUrl } = stepgate
  if (gatewayUrl === null) throw new Error('the demo needs the role gateway')
  const { publicUrl, dataDir } = settings
  const startedAt = performance.now()
  const fleet = await startFleetProcess(
    { gatewayUrl, dataDir, setupUrl },
    { progress: announceStep, onNotice: report.onNotice },
  )
  stops.push(() => fleet.close())
  report.onStep('demo fleet', performance.now() - startedAt)
  announce(fleet, publicUrl)
} catch (error) {
  await stopAll()
  failToStart(error)
}

/** A long step keeps its line and says how far it came. */
function announceStep(step: string, detail = ''): void {
  const isGoingOn = step === shownStep
  shownStep = step
  if (!process.stdout.isTTY && isGoingOn) return
  const line = `  ${step}${detail === '' ? '' : `, ${detail}`} …\n`
  process.stdout.write(isGoingOn ? `\u001B[1A\u001B[K${line}` : line)
}

function announce({ signIn }: FleetProcess, publicUrl: string): void {
  const accounts = signIn.map(({ role, email, password }) => `  ${role.padEnd(14)} ${email.padEnd(24)} ${password}`)
  process.stdout.write(
    `\nStepgate is ready: ${publicUrl}\n\nSign in as one of\n${accounts.join('\n')}\n\nCtrl-C stops everything.\n`,
  )
}
