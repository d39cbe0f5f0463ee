/** `iss` of an environment's access tokens. */
export const issuerUrl = (publicUrl: string, environmentSlug: string): string =>
  `${publicUrl.replace(/\/+$/, '')}/e/${environmentSlug}`
