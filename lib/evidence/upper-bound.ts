/**
 * With no denial in `requests` independent requests, at most this share of requests is denied, at 95 % confidence: the exact
 * Clopper–Pearson bound for zero events, which is about 3/n. Null without requests.
 */
export function upperBound(requests: number): number | null {
  return requests > 0 ? -Math.expm1(Math.log(0.05) / requests) : null
}
