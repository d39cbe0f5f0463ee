'use client'
import { useState } from 'react'

/**
 * The object as it was when the form was opened. Lists and pages read it again in the background; a form that sent the newer
 * version would overwrite what somebody else changed meanwhile without having shown it.
 */
export function usePinned<Value>(value: Value): readonly [Value, (value: Value) => void] {
  return useState(value)
}
