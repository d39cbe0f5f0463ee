/** How the guard reads a request, whatever the framework's request looks like. Nothing is read that is not needed. */
export interface RequestReader<Request> {
  authorization(request: Request): string | undefined
  userAgent(request: Request): string | undefined
  forwardedFor(request: Request): string | undefined
  socketAddress(request: Request): string | undefined
  /** Path as sent, without the query. */
  path(request: Request): string
}
