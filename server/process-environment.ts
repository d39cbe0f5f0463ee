import { parseSettings, type ParsedSettings } from './settings.ts'

const SECRETS = ['DATABASE_URL', 'STEPGATE_SECRET', 'STEPGATE_SECRET_PREVIOUS', 'STEPGATE_OIDC_CLIENT_SECRET']

/** Parses the settings and takes the secret ones out, so that no program started later inherits them. */
export function takeSettings(environment: NodeJS.ProcessEnv): ParsedSettings {
  const settings = parseSettings(environment)
  for (const name of SECRETS) Reflect.deleteProperty(environment, name)
  return settings
}
