'use client'
import { parseAsInteger, useQueryState } from 'nuqs'
import { isWindowOffered, WINDOW_HOURS_DEFAULT } from './window-picker.tsx'

/** How far back the evidence of a page looks, in the address. */
export function useEvidenceWindow(): readonly [number, (hours: number) => void] {
  const [hours, setHours] = useQueryState('window', parseAsInteger.withDefault(WINDOW_HOURS_DEFAULT))
  return [isWindowOffered(hours) ? hours : WINDOW_HOURS_DEFAULT, (chosen) => void setHours(chosen)]
}
