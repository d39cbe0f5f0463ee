import type { Metadata } from 'next'
import { DecisionsPage } from '@/components/decisions/decisions-page.tsx'

export const metadata: Metadata = { title: 'Decisions' }

export default DecisionsPage
