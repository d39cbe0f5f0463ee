import './keep-heap-small.ts'
import { launch, type Stepgate } from './launcher.ts'
import { takeSettings } from './process-environment.ts'
import { endWhenAsked, failToStart, report } from './terminal.ts'

try {
  const stepgate = await launch(takeSettings(process.env), { ...report, dev: process.argv.includes('--dev') })
  endWhenAsked(() => stepgate.close())
  announce(stepgate)
} catch (error) {
  failToStart(error)
}

function announce({ settings, gatewayUrl, setupUrl }: Stepgate): void {
  if (gatewayUrl !== null) process.stdout.write(`\nStepgate is ready: ${settings.publicUrl}\n`)
  if (setupUrl !== null)
    process.stdout.write(`Create the first administrator with this link, which works once:\n  ${setupUrl}\n`)
}
