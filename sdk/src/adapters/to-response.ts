import type { Refusal } from '../guard/refusal.ts'

/** The answer to a refused request in terms of the web. */
export const toResponse = ({ status, headers, body }: Refusal): Response => new Response(body, { status, headers })
