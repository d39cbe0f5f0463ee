import type { Metadata } from 'next'
import { IdentitiesPage } from '@/components/identities/identities-page.tsx'

export const metadata: Metadata = { title: 'Identities' }

export default IdentitiesPage
