import type { Metadata } from 'next'
import { ScopesPage } from '@/components/scopes/scopes-page.tsx'

export const metadata: Metadata = { title: 'Scopes' }

export default ScopesPage
