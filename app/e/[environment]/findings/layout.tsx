import type { ReactNode } from 'react'
import { FindingsFrame } from '@/components/findings/findings-frame.tsx'

export default function FindingsLayout({ children }: { readonly children: ReactNode }) {
  return <FindingsFrame>{children}</FindingsFrame>
}
