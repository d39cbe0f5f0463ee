/** On https the prefix keeps other hosts of the domain from planting a session. The gateway reads the same names. */
export const sessionCookieName = (): string => (isHttps() ? '__Host-stepgate_session' : 'stepgate_session')

export const isHttps = (): boolean =>
  (process.env['STEPGATE_PUBLIC_URL'] ?? process.env.NEXTAUTH_URL ?? '').startsWith('https:')
