'use client'
import NextLink from 'next/link'
import { useState, type ComponentProps } from 'react'

/** Fetches its page when somebody is about to follow it, instead of every page that some link on the screen names. */
export function Link({ onPointerEnter, onFocus, ...rest }: ComponentProps<typeof NextLink>) {
  const [isLikely, setLikely] = useState(false)
  return (
    <NextLink
      prefetch={isLikely}
      {...rest}
      onPointerEnter={(event) => {
        setLikely(true)
        onPointerEnter?.(event)
      }}
      onFocus={(event) => {
        setLikely(true)
        onFocus?.(event)
      }}
    />
  )
}
