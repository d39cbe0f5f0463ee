import { isEnforcedFor } from '../../../lib/policy/evaluate.ts'
import { isAddressInSomeNetwork, type Network } from '../../../lib/policy/network.ts'
import type { Mode } from '../../../lib/policy/vocabulary.ts'
import type { RequestReader } from '../guard/request-reader.ts'
import { sha256 } from '../sha256.ts'
import type { Caller } from '../token/caller.ts'
import { connectionThumbprint, forwardedThumbprint } from './client-certificate-thumbprint.ts'
import { decodeProof, type DpopProof } from './dpop-proof.ts'
import { ProofKeys } from './proof-key.ts'
import { ProofNonces } from './proof-nonces.ts'
import { isTargetOf } from './proof-target.ts'
import { ReplayMemory } from './replay-memory.ts'
import { SENDER_DEFAULTS, type SenderSettings } from './sender-settings.ts'
import { usesDpop } from './uses-dpop.ts'

/** How far a proof's `iat` may lie from this clock, both ways. */
const PROOF_WINDOW_MS = 60_000
const PROOFS_MAX = 200_000

/** What became of a proof of possession. `nonce-needed`: all is well but for the nonce. */
type ProofOutcome = 'proven' | 'refused' | 'nonce-needed'

interface Proof {
  readonly caller: Caller
  readonly outcome: ProofOutcome
}

interface EnforcedShare {
  readonly mode: Mode
  readonly percent: number
}

const accessTokenHash = ({ authorization }: Caller): string =>
  sha256(authorization.slice(authorization.lastIndexOf(' ') + 1))

/**
 * Looks whether a bound token (`cnf`) comes from the one it was issued to, anew for each request: by the certificate of its
 * connection (RFC 8705), or by a proof that is good for this request alone (RFC 9449).
 */
export class SenderProver {
  readonly #settings: SenderSettings
  readonly #proxies: readonly Network[]
  readonly #nonces: ProofNonces | null
  readonly #keys = new ProofKeys()
  readonly #memory: ReplayMemory
  /** A request that passes several guarded routes brings its proof once. */
  readonly #proofs = new WeakMap<object, Proof>()

  constructor(proxies: readonly Network[], settings: SenderSettings = SENDER_DEFAULTS, proofsMax = PROOFS_MAX) {
    this.#proxies = proxies
    this.#settings = settings
    this.#nonces = settings.dpopNonceSecret === null ? null : new ProofNonces(settings.dpopNonceSecret)
    this.#memory = new ReplayMemory(proofsMax)
  }

  /** The caller as it is when the proof holds; the same, whose token is `sender-unproven`, when there is none or it does not. */
  prove<Request>(
    caller: Caller,
    request: Request,
    reader: RequestReader<Request>,
    nowMs: number,
    share: EnforcedShare,
  ): Caller {
    if (caller.binding === null || caller.facts.tokenProblem !== 'sender-unproven') return caller
    if (caller.binding.kind === 'unknown') return caller
    const isProven =
      caller.binding.kind === 'mutual-tls'
        ? this.#provesCertificate(caller, request, reader)
        : this.#proofOf(caller, request, reader, nowMs, share) === 'proven'
    return isProven ? caller.proven(caller.binding.kind) : caller
  }

  /** The nonce to tell a request that was refused for want of one; null when it was refused for something else. */
  nonceFor(request: unknown, nowMs: number): string | null {
    // Frameworks' requests are objects.
    const isNeeded = this.#proofs.get(request as object)?.outcome === 'nonce-needed'
    return isNeeded && this.#nonces !== null ? this.#nonces.current(nowMs) : null
  }

  #provesCertificate<Request>(caller: Caller, request: Request, reader: RequestReader<Request>): boolean {
    if (usesDpop(caller.authorization)) return false
    return caller.binding?.thumbprint === this.#certificateOf(request, reader)
  }

  /**
   * A proxy's connection shows the proxy's certificate, never the caller's: with it, tokens of the proxy itself would work for
   * everybody behind it.
   */
  #certificateOf<Request>(request: Request, reader: RequestReader<Request>): string | null {
    const socket = reader.socket(request)
    const address = socket?.remoteAddress
    const isProxy = address !== undefined && isAddressInSomeNetwork(address, this.#proxies)
    if (isProxy && this.#settings.trustsClientCertHeader)
      return forwardedThumbprint(reader.header(request, 'client-cert'))
    const isForwarded = isProxy && reader.header(request, 'x-forwarded-for') !== undefined
    return isForwarded ? null : connectionThumbprint(socket)
  }

  #proofOf<Request>(
    caller: Caller,
    request: Request,
    reader: RequestReader<Request>,
    nowMs: number,
    share: EnforcedShare,
  ): ProofOutcome {
    const key = request as object // frameworks' requests are
    const known = this.#proofs.get(key)
    if (known?.caller === caller && known.outcome === 'proven') return 'proven'
    const outcome = this.#checkProof(caller, request, reader, nowMs, share)
    this.#proofs.set(key, { caller, outcome })
    return outcome
  }

  /** Cheap before expensive, and nothing is remembered of a proof that is not signed by the token's key. */
  #checkProof<Request>(
    caller: Caller,
    request: Request,
    reader: RequestReader<Request>,
    nowMs: number,
    share: EnforcedShare,
  ): ProofOutcome {
    if (!usesDpop(caller.authorization)) return 'refused'
    const proof = decodeProof(reader.header(request, 'dpop'))
    if (proof === null || !this.#fits(proof, caller, nowMs)) return 'refused'
    if (proof.method !== reader.method(request) || !isTargetOf(proof.target, request, reader, this.#targets))
      return 'refused'
    if (this.#keys.find(proof.key)?.matches(proof.signedBytes, proof.signature) !== true) return 'refused'
    if (this.#lacksNonce(proof, caller, nowMs, share)) return 'nonce-needed'
    const usableUntilMs = proof.issuedAtSeconds * 1_000 + PROOF_WINDOW_MS
    return this.#memory.claim(proof.key.thumbprint, proof.id, usableUntilMs, nowMs) ? 'proven' : 'refused'
  }

  get #targets(): { readonly publicUrls: readonly string[]; readonly trustedProxies: readonly Network[] } {
    return { publicUrls: this.#settings.publicUrls, trustedProxies: this.#proxies }
  }

  #fits({ key, issuedAtSeconds, accessTokenHash: stated }: DpopProof, caller: Caller, nowMs: number): boolean {
    if (
      key.thumbprint !== caller.binding?.thumbprint ||
      !(Math.abs(nowMs - issuedAtSeconds * 1_000) <= PROOF_WINDOW_MS)
    )
      return false
    return stated === accessTokenHash(caller)
  }

  /**
   * A nonce is asked for by refusing, so only where a refusal is carried out: in log-only the caller would never hear of it and
   * be reported as denied for ever.
   */
  #lacksNonce({ nonce }: DpopProof, caller: Caller, nowMs: number, { mode, percent }: EnforcedShare): boolean {
    if (this.#nonces === null || (nonce !== null && this.#nonces.isCurrent(nonce, nowMs))) return false
    return isEnforcedFor(caller.facts.callerKey, mode, percent)
  }
}
