'use client'
import NextLink from 'next/link'
import { useRouter } from 'next/navigation'
import { useState, type ComponentProps } from 'react'
import { isHeldBack } from './unsaved.ts'

interface LinkProps extends Omit<ComponentProps<typeof NextLink>, 'href' | 'onNavigate' | 'replace'> {
  readonly href: string
}

/**
 * Fetches its page when somebody is about to follow it, instead of every page that some link on the screen names. Asks first
 * where the page holds something that is not saved.
 */
export function Link({ href, onPointerEnter, onFocus, ...rest }: LinkProps) {
  const router = useRouter()
  const [isLikely, setLikely] = useState(false)
  return (
    <NextLink
      href={href}
      prefetch={isLikely}
      {...rest}
      onNavigate={(event) => {
        const go = () => {
          router.push(href)
        }
        if (isHeldBack(href, go)) event.preventDefault()
      }}
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
