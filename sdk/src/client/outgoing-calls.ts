/** What calls of other services need, loaded with the first of them. */
export { FETCH_OPTIONS, fetchAuthorized, problemOf } from './authorized-fetch.ts'
export { DpopSigner } from './dpop-signer.ts'
export { InstallationId } from './installation-id.ts'
export { SDK_VERSION } from '../version.ts'
