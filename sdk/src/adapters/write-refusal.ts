import type { ServerResponse } from 'node:http'
import type { Refusal } from '../guard/refusal.ts'

/** Answers a refused request. Headers that were set before, those of CORS for example, stay. */
export function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.statusCode = refusal.status
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
  response.end(refusal.body)
}
