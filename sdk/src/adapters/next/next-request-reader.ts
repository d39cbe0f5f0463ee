import type { RequestReader } from '../../guard/request-reader.ts'

/** A request of the web with the parameters of its route. */
export interface NextVisit {
  readonly request: Request
  readonly params: Readonly<Record<string, unknown>>
}

const readHeader = ({ request }: NextVisit, name: string): string | undefined => request.headers.get(name) ?? undefined

/** Requests of Next's route handlers, which do not tell the connection. */
export const nextRequestReader: RequestReader<NextVisit> = {
  authorization: (visit) => readHeader(visit, 'authorization'),
  userAgent: (visit) => readHeader(visit, 'user-agent'),
  header: readHeader,
  method: ({ request }) => request.method,
  path: ({ request }) => new URL(request.url).pathname,
  params: ({ params }) => params,
  socket: () => undefined,
}
