/** A failure of the store whose message is a whole sentence for the person who runs Stepgate. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
