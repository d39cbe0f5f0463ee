import type { Tx } from '../context.ts'

/** Settings to give the program that holds the credential. Services pin the keys that sign their configuration now. */
export async function environmentVariables(
  tx: Tx,
  publicUrl: string,
  environmentId: string,
  clientId: string,
  secret: string | null,
): Promise<Record<string, string>> {
  return {
    STEPGATE_URL: publicUrl,
    STEPGATE_CLIENT_ID: clientId,
    ...(secret === null ? {} : { STEPGATE_CLIENT_SECRET: secret }),
    STEPGATE_CONFIG_KEY: await currentConfigKey(tx, environmentId),
  }
}

async function currentConfigKey(tx: Tx, environmentId: string): Promise<string> {
  const key = await tx.signingKey.findFirstOrThrow({
    where: { environmentId, purpose: 'snapshot', status: 'current' },
    select: { publicJwk: true },
  })
  const { x } = key.publicJwk as { x: string } // written by createSigningKey only
  return x
}
