export const LAST_ENVIRONMENT_COOKIE = 'stepgate_environment'
const YEAR_SECONDS = 365 * 24 * 60 * 60

export function rememberEnvironment(environment: string): void {
  document.cookie = `${LAST_ENVIRONMENT_COOKIE}=${environment}; path=/; max-age=${String(YEAR_SECONDS)}; samesite=lax`
}
