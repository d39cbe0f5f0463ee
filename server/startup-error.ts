/** A reason not to start whose message is one sentence for the person who starts Stepgate. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
