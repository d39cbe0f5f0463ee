import { hash, verify } from '@node-rs/argon2'

/** argon2id with the parameters OWASP recommends. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let dummy: Promise<string> | undefined

export const hashPassword = (password: string): Promise<string> => hash(toForm(password), PARAMETERS)

/** Takes as long for somebody unknown, so that nobody learns from the time who has an account. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hash('nobody has this password', PARAMETERS)
  const matches = await verify(stored ?? (await dummy), toForm(password))
  return stored !== null && matches
}

/** The same characters typed on another keyboard are the same password. */
const toForm = (password: string): string => password.normalize('NFKC')
