'use client'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'
import { copyText } from './copy-text.ts'
import { toast } from './toast.ts'

const CONFIRMED_MS = 1_500

interface CopyButtonProps {
  readonly text: string
  /** What is copied: "decision id". */
  readonly what: string
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => {
      setCopied(false)
    }, CONFIRMED_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [isCopied])
  const copy = async () => {
    if (await copyText(text)) setCopied(true)
    else toast.error('The browser refused to copy', { description: 'Select the text and copy it by hand.' })
  }
  return (
    <IconButton
      size="sm"
      icon={isCopied ? Check : Copy}
      label={isCopied ? 'Copied' : `Copy ${what}`}
      onClick={() => void copy()}
    />
  )
}
