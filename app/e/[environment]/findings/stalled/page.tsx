import type { Metadata } from 'next'
import { StalledPage } from '@/components/findings/stalled-page.tsx'

export const metadata: Metadata = { title: 'Stalled and silent' }

export default StalledPage
