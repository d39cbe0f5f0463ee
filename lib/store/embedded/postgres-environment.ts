/** Nothing of this process's own environment reaches postgres. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as unknown as NodeJS.ProcessEnv // Next's types say that NODE_ENV is always there
