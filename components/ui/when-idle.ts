const IDLE_WITHIN_MS = 3_000

/** Runs something once the page is there with all it asked for and the browser has nothing better to do. Answers how to give up. */
export function whenIdle(run: () => void): () => void {
  let giveUp: () => void = () => undefined
  const cancelLoad = whenLoaded(() => {
    giveUp = onIdle(run)
  })
  return () => {
    cancelLoad()
    giveUp()
  }
}

/** Runs something once the page is there with all it asked for; at once when it is. Answers how to give up. */
export function whenLoaded(run: () => void): () => void {
  if (document.readyState === 'complete') {
    run()
    return () => undefined
  }
  window.addEventListener('load', run, { once: true })
  return () => {
    window.removeEventListener('load', run)
  }
}

function onIdle(run: () => void): () => void {
  // Safari has no idle callback.
  if (typeof window.requestIdleCallback !== 'function') {
    const timer = setTimeout(run, IDLE_WITHIN_MS)
    return () => {
      clearTimeout(timer)
    }
  }
  const handle = window.requestIdleCallback(run, { timeout: IDLE_WITHIN_MS })
  return () => {
    window.cancelIdleCallback(handle)
  }
}
