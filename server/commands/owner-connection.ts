import pg from 'pg'
import { findRunningOwnerUrl, startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { toConnectionSettings } from '#lib/store/connection-settings.ts'
import { requireReachable } from '../store-process.ts'
import { requireWritableFolder } from '../data-folder.ts'
import { takeSettings } from '../process-environment.ts'

/** Runs work on the database of the settings, starting the embedded one for as long as it takes if it does not run. */
export async function withOwnerUrl<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  const { databaseUrl, dataDir } = takeSettings({ ...process.env, NODE_ENV: 'development' })
  if (databaseUrl !== null) {
    await requireReachable(databaseUrl)
    return work(databaseUrl)
  }
  const running = findRunningOwnerUrl(dataDir)
  if (running !== null) return work(running)
  requireWritableFolder(dataDir)
  const postgres = await startEmbeddedPostgres({ dataDir })
  return work(postgres.ownerUrl).finally(() => postgres.stop())
}

export function withOwnerConnection<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  return withOwnerUrl(async (url) => {
    const client = new pg.Client(toConnectionSettings({ url, applicationName: 'stepgate-command' }))
    await client.connect()
    return work(client).finally(() => client.end())
  })
}
