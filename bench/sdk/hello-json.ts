/** What the benches of a whole service have in common: its goals, and how it is asked. */

/** What the middleware may cost of a request's CPU. */
export const COST_MAX = { express: 0.02, fastify: 0.05 } as const
export type Framework = keyof typeof COST_MAX
export const CONNECTIONS = 16

export const toRequest = (token: string): string =>
  `GET /orders/42 HTTP/1.1\r\nhost: orders\r\nauthorization: Bearer ${token}\r\n\r\n`
