import '#server/keep-heap-small.ts'
import { openDatabase } from '#lib/store/database.ts'
import { startGateway } from '#server/gateway/start-gateway.ts'
import { benchSettings } from './bench-fleet.ts'
import { announce } from '../processes.ts'

const database = openDatabase({ url: process.env['BENCH_DATABASE'] ?? '' })
const gateway = await startGateway({ settings: benchSettings, database, consoleTarget: null })
announce(gateway.url)
process.on('SIGTERM', () => {
  void gateway
    .close()
    .then(() => database.close())
    .then(() => process.exit(0))
})
