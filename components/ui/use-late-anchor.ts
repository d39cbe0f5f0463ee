'use client'
import { useEffect } from 'react'

/** The part that the address names is not there yet when the browser looks for it. */
export function useLateAnchor(isReady: boolean): void {
  useEffect(() => {
    if (isReady && window.location.hash !== '') document.getElementById(window.location.hash.slice(1))?.scrollIntoView()
  }, [isReady])
}
